/** What a launch leaves for later: lines in the ledger and originals, neither with --ephemeral; the sweep at its start. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../src/demo/upstream.ts';
import type { LedgerLine } from '../src/store/ledger.ts';
import { createMarks } from '../src/store/marks.ts';
import { openOriginals } from '../src/store/originals.ts';
import { cacheParts } from '../src/store/place.ts';
import { readLedger } from '../src/store/read-ledger.ts';
import { createMachine, type Machine, until } from './helpers/launches.ts';

let machine: Machine;
let upstream: Upstream;
let cache: { launches: string; originals: string; ledger: string };
const content = 'const planted = "text of the conversation";\n';

beforeEach(async () => {
  machine = createMachine();
  cache = cacheParts(join(machine.home, '.cache', 'headroom'));
  const file = machine.write('project/planted-name.ts', content.repeat(200));
  upstream = await startUpstream({ script: { steps: [{ calls: [{ read: file }] }, { calls: [{ read: file }] }, { text: 'All done.' }] } });
});
afterEach(async () => {
  await upstream.close();
  machine.remove();
});

const environment = (extra: Record<string, string> = {}) => ({ ANTHROPIC_BASE_URL: upstream.url, STAND_IN: 'ask', ...extra });
const lines = () => {
  const found: LedgerLine[] = [];
  expect(readLedger(cache.ledger, (line) => found.push(line))).toMatchObject({
    skipped: { unfinished: 0, broken: 0, newer: 0 },
    errors: [],
  });
  return found;
};
/** The folder that the agent was allowed to read, and that originals go to. */
function allowedFolder(): string | undefined {
  const { permissions } = JSON.parse(machine.report().settings?.text ?? '{}') as { permissions?: { allow: string[] } };
  const [, folder] = /^Read\(\/(\/.*)\/\*\*\)$/.exec(permissions?.allow[0] ?? '') ?? [];
  return folder;
}

describe('the ledger', () => {
  test('has a line for each request, with what the bill is made of', async () => {
    await machine.run(['wrap', 'claude'], environment({ STAND_IN: 'probe count ask' }));
    const all = lines();
    expect(all.map(({ kind }) => kind).sort()).toEqual(['count', 'other', 'turn', 'turn', 'turn']);
    // A line is written when its request is over: a conversation's requests are told apart by what they hold.
    const turns = all.filter(({ kind }) => kind === 'turn').sort((one, other) => one.bytes.received - other.bytes.received);
    const [first, second, third] = turns;
    const probe = all.find(({ kind }) => kind === 'other');
    const host = new URL(upstream.url).host;
    expect(third).toMatchObject({ v: 1, agent: 'claude', mode: 'shrink', profile: 'standard', upstream: host, outcome: 'answered' });
    expect(third).toMatchObject({ protocol: 'anthropic-messages', model: 'claude-opus-4-5', status: 200, retried: false, untouched: null });
    expect(third?.project).toEqual({ name: 'project', id: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(new Set(lines().map(({ launch }) => launch)).size).toBe(1);
    // The file is read for the first time before the second request, and once more before the third.
    expect(first?.first.results).toBe(0);
    expect(second).toMatchObject({ first: { results: 1 }, carried: { results: 0 } });
    expect(third).toMatchObject({ first: { results: 1, byLever: { repeats: expect.any(Number) } }, carried: { results: 1 } });
    expect(third?.carried).toEqual(second?.first);
    const { before = 0, after = 0, byLever = {}, byKind = {} } = third?.first ?? {};
    expect(Object.values(byLever).reduce((sum, tokens) => sum + tokens, 0)).toBe(before - after);
    expect(Object.values(byKind)).toEqual([{ results: 1, before, after }]);
    expect(third?.bytes.sent).toBeLessThan(third?.bytes.received ?? 0);
    expect(third?.usage?.output).toBeGreaterThan(0);
    expect(third?.addedMs).toBeGreaterThan(0);
    expect(probe).toMatchObject({ protocol: null, usage: null, model: null });
  });

  test('holds no text of the conversation, no key, no path, no password, no secret of ours', async () => {
    const address = upstream.url.replace('http://', 'http://planted-user:planted-password@');
    await machine.run(['wrap', '--upstream', `${address}/planted-path`, 'claude'], environment({ ANTHROPIC_API_KEY: 'planted-key' }));
    const text = readFileSync(join(cache.ledger, 'ledger-000001.jsonl'), 'utf8');
    expect(text.split('\n').length).toBeGreaterThan(1);
    const { baseUrl } = machine.report();
    const secrets = ['planted', 'Please work', 'dummy', machine.root, machine.home, baseUrl, new URL(baseUrl).pathname.slice(1)];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  test('that cannot be written is said once at the end, and the agent is not disturbed', async () => {
    mkdirSync(join(machine.home, '.cache', 'headroom'), { recursive: true });
    writeFileSync(cache.ledger, '');
    const { code, stdout, stderr } = await machine.run(['wrap', 'claude'], environment());
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'All done.\n' });
    expect(stderr.match(/ledger/g)).toHaveLength(2);
    expect(stderr).toMatch(/\nheadroom: ledger: 3 of this launch's requests are not in it: .*EEXIST.*\n$/);
  });
});

describe('originals', () => {
  test('may be read by the agent, from the real path of their folder', async () => {
    await machine.run(['wrap', 'claude'], environment());
    expect(allowedFolder()).toBe(cache.originals);
  });

  test.each([[['--off']], [['--observe']], [['--profile', 'lossless']]])('are none where nothing is left out: %j', async (words) => {
    await machine.run(['wrap', ...words, 'claude'], environment());
    expect(allowedFolder()).toBeUndefined();
  });

  const keep = (text: string, days: number, launch?: string) => {
    const marks = launch === undefined ? {} : { marks: createMarks(join(cache.launches, launch)) };
    const kept = openOriginals(cache.originals, marks).keep(text);
    if (!kept.isKept) throw new Error(kept.reason);
    utimesSync(kept.path, Date.now() / 1000 - days * 86_400, Date.now() / 1000 - days * 86_400);
    return kept.name;
  };

  test('that are old are swept at the start of a launch, but for those that a running one uses', async () => {
    const live = machine.start(['wrap', 'claude'], environment({ STAND_IN: 'wait' }));
    await until(machine.hasReport);
    const [id = ''] = readdirSync(cache.launches);
    const [used, young] = [keep('used', 60, id), keep('young', 1)];
    keep('old', 60);
    keep('used by a dead launch', 60, '4194999-1.0-00000000-00000000'.replace('00000000-', `${id.split('-')[2]}-`));
    await machine.run(['wrap', 'claude'], environment());
    await until(() => readdirSync(cache.originals).length === 2);
    expect(readdirSync(cache.originals).sort()).toEqual([used, young].sort());
    live.child.kill('SIGTERM');
    await live.ended;
    expect(readdirSync(cache.originals).sort()).toEqual([used, young].sort());
  });
});

describe('an excerpt', () => {
  const log = Array.from({ length: 300 }, (_, at) =>
    at === 120
      ? '2026-01-05T10:02:00Z ERROR web: order 7 could not be saved'
      : `2026-01-05T10:00:00Z INFO web: GET /orders/${at} answered 200 in ${at % 90} ms`,
  ).join('\n');
  const run = async (words: readonly string[] = []) => {
    await upstream.close();
    const file = machine.write('project/server.log', log);
    upstream = await startUpstream({ script: { steps: [{ calls: [{ shell: `cat ${file}` }] }, { text: 'All done.' }] } });
    const finished = await machine.run(['wrap', ...words, 'claude'], environment());
    const last = upstream.requests.at(-1)?.json as { messages: { content: { content: string }[] }[] } | undefined;
    return { ...finished, sent: last?.messages.at(-1)?.content[0]?.content ?? '' };
  };
  const kept = () => (existsSync(cache.originals) ? readdirSync(cache.originals) : []);

  test('leaves when the whole is on disk, under the path that its last line names', async () => {
    const { code, sent, stderr } = await run();
    const [name = ''] = kept();
    expect({ code, count: kept().length }).toEqual({ code: 0, count: 1 });
    expect(sent.split('\n').at(-1)).toBe(
      `[… ${/\d+/.exec(sent.split('\n').at(-1) ?? '')?.[0]} lines not shown, full text: ${join(cache.originals, name)}]`,
    );
    expect(readFileSync(join(cache.originals, name), 'utf8')).toBe(log);
    expect(sent).toContain('order 7 could not be saved');
    expect(sent.length).toBeLessThan(log.length / 5);
    expect(stderr).toContain('excerpts ~');
    // By which the page finds it.
    expect(lines().flatMap(({ blocks = [] }) => blocks)).toEqual([expect.objectContaining({ form: 'excerpt', original: name })]);
  });

  test('is none where originals cannot be kept, and the agent goes on', async () => {
    mkdirSync(join(machine.home, '.cache', 'headroom'), { recursive: true });
    writeFileSync(cache.originals, 'no folder');
    const { code, sent, stdout } = await run();
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'All done.\n' });
    expect(sent).not.toContain('not shown');
    expect(sent).toContain('/orders/299 answered 200');
  });

  test('is counted and not made while observing, and is none with `lossless`', async () => {
    const observed = await run(['--observe']);
    expect({ sent: observed.sent, kept: kept() }).toEqual({ sent: log, kept: [] });
    expect(observed.stderr).toContain('excerpts ~');
    const { sent } = await run(['--profile', 'lossless']);
    expect(sent).not.toContain('not shown');
    expect(kept()).toEqual([]);
  });

  test('goes with the launch that is ephemeral', async () => {
    const { sent } = await run(['--ephemeral']);
    expect(sent).toContain('not shown, full text: ');
    expect(kept()).toEqual([]);
    expect(existsSync(/full text: (.+)\]$/.exec(sent)?.[1] ?? '')).toBe(false);
  });
});

describe('--ephemeral', () => {
  const original = (folder: string) => {
    expect(openOriginals(folder).keep(content)).toMatchObject({ isKept: true });
    return readdirSync(folder);
  };

  test('keeps originals in the private folder, which goes, and writes no line', async () => {
    const { child, ended } = machine.start(['wrap', '--ephemeral', 'claude'], environment({ STAND_IN: 'ask wait' }));
    await until(machine.hasReport);
    await until(() => upstream.requests.length === 3);
    const folder = allowedFolder() ?? '';
    expect(folder.startsWith(`${cache.launches}/`)).toBe(true);
    expect(original(folder)).toHaveLength(1);
    child.kill('SIGTERM');
    await ended;
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(join(machine.home, '.cache', 'headroom'), { recursive: true })).toEqual(['launches']);
  });

  test('leaves nothing after a kill -9 either, once another launch has started', async () => {
    const { child, ended } = machine.start(['wrap', 'claude'], environment({ STAND_IN: 'wait', HEADROOM_EPHEMERAL: '1' }));
    await until(machine.hasReport);
    const folder = allowedFolder() ?? '';
    original(folder);
    const { pid } = machine.report();
    child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await ended;
    expect(existsSync(folder)).toBe(true);
    rmSync(machine.reportFile);
    await machine.run(['wrap', 'claude'], environment());
    await until(() => !existsSync(folder));
    expect(readdirSync(cache.launches)).toEqual([]);
  });
});
