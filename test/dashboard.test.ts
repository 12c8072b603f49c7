/** `headroom dashboard`: who is let in, and what is handed out. Its life is `dashboard-life.test.ts`'s. */
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startUpstream } from '../src/demo/upstream.ts';
import type { PageComparison, PageData, PageOriginals, PageSent } from '../src/page/data.ts';
import { openDecisions } from '../src/store/decision-files.ts';
import type { RecordedDecision } from '../src/store/decisions.ts';
import type { LedgerBlock } from '../src/store/ledger.ts';
import { openOriginals } from '../src/store/originals.ts';
import { readLedger } from '../src/store/read-ledger.ts';
import { loadCounter } from '../src/tokens/count.ts';
import { type Dashboard, listedBlocks, startDashboard } from './helpers/dashboard.ts';
import { until } from './helpers/launches.ts';
import { send, sendRaw } from './helpers/loopback-client.ts';

let dashboard: Dashboard;
let address: string;
beforeEach(async () => {
  dashboard = await startDashboard();
  address = dashboard.address;
});
afterEach(() => dashboard.remove());

describe('the door', () => {
  test('is on loopback, behind a secret of 32 hex digits', () => {
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
  });

  test('opens for the page and its files, which may load nothing else', async () => {
    for (const [path, type] of [
      ['', 'text/html'],
      ['page.js', 'text/javascript'],
      ['page.css', 'text/css'],
      ['data.json', 'application/json'],
      ['originals.json', 'application/json'],
    ] as const) {
      const { status, reply, body } = await send(address + path);
      expect([path, status, reply.headers['content-type'], body.length > 50]).toEqual([path, 200, `${type}; charset=utf-8`, true]);
      expect(reply.headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/,
      );
      expect(reply.headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    }
    const html = (await send(address)).body.toString();
    expect(html).not.toMatch(/https?:|<script>|<style|\sstyle=|\son\w+=/);
  });

  test('leads to the page where the last slash is missing', async () => {
    const { status, reply } = await send(address.slice(0, -1));
    expect([status, reply.headers.location]).toEqual([308, new URL(address).pathname]);
  });

  test.each([
    ['no secret', () => send(`http://127.0.0.1:${dashboard.port}/`)],
    ['no secret, a path', () => send(`http://127.0.0.1:${dashboard.port}/data.json`)],
    ['another secret', () => send(`http://127.0.0.1:${dashboard.port}/${'0'.repeat(32)}/data.json`)],
    ['a part of the secret', () => send(address.replace(/.\/$/, '/'))],
    ['another host', () => send(`${address}data.json`, { headers: { host: `example.org:${dashboard.port}` } })],
    ['a host without the port', () => send(`${address}data.json`, { headers: { host: '127.0.0.1' } })],
    ['an origin', () => send(`${address}data.json`, { headers: { origin: 'https://example.org' } })],
    ['its own address as origin', () => send(`${address}data.json`, { headers: { origin: new URL(address).origin } })],
    [
      'a fetch of another site',
      () => send(`${address}data.json`, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' } }),
    ],
    ['a frame of another site', () => send(address, { headers: { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'iframe' } })],
    ['a post without the secret', () => send(`http://127.0.0.1:${dashboard.port}/`, { method: 'POST', body: 'x' })],
  ])('stays shut: %s', async (_, knock) => {
    const { status, body, reply } = await knock();
    expect([status, body.toString(), reply.headers.location]).toEqual([403, 'Forbidden\n', undefined]);
  });

  test('opens for a link of another page, which is no fetch', async () => {
    expect((await send(address, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' } })).status).toBe(200);
  });

  test('takes no other method than GET', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']) {
      const { status, reply } = await send(`${address}data.json`, { method });
      expect([method, status, reply.headers.allow]).toEqual([method, 405, 'GET']);
    }
  });

  test('holds against noise', async () => {
    expect(await sendRaw(dashboard.port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect((await send(`${address}data.json`)).status).toBe(200);
  });
});

describe('the figures', () => {
  test('are those of `headroom perf --json`, without its sessions', async () => {
    const {
      sessions: _,
      prices,
      estimated: __,
      ...perf
    } = JSON.parse((await dashboard.machine.run(['perf', '--json'])).stdout) as Record<string, unknown>;
    const data = await dashboard.ask<PageData>('data.json');
    expect(data.figures).toEqual(perf);
    expect(data).toMatchObject({ prices, running: [], problems: [] });
    expect(data.latest.map(({ agent, time }) => [agent, time.slice(0, 10)])).toEqual([
      ['codex', '2026-11-23'],
      ['claude', '2026-11-22'],
    ]);
    expect(data.latest[1]?.first.byLever).toEqual({ 'line numbers': 500 });
    // The other line is as older versions wrote it.
    expect(data.latest.map(({ blocks }) => blocks)).toEqual([listedBlocks, undefined]);
  });

  test('follow what happens, and are sent again only when they changed', async () => {
    const { reply } = await send(`${address}data.json`);
    const etag = reply.headers.etag ?? '';
    expect((await send(`${address}data.json`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const upstream = await startUpstream({ script: { steps: [{ text: 'All done.' }] } });
    const { child, ended } = dashboard.machine.start(['wrap', 'claude'], { ANTHROPIC_BASE_URL: upstream.url, STAND_IN: 'ask wait' });
    await until(dashboard.machine.hasReport);
    let data = await dashboard.ask<PageData>('data.json');
    while (data.figures.all.requests < 3) data = await dashboard.ask<PageData>('data.json');
    expect(data.running).toMatchObject([{ pid: child.pid, agent: 'claude', project: 'project', sum: { requests: 1 } }]);
    expect((await send(`${address}data.json`, { headers: { 'if-none-match': etag } })).status).toBe(200);
    child.kill('SIGTERM');
    await ended;
    expect((await dashboard.ask<PageData>('data.json')).running).toEqual([]);
    await upstream.close();
  });

  test('say what of the ledger was left out', async () => {
    writeFileSync(join(dashboard.folders.ledger, 'ledger-000002.jsonl'), 'junk\n');
    expect((await dashboard.ask<PageData>('data.json')).problems).toEqual([
      '1 line of the ledger left out: damaged, or of a newer version',
    ]);
  });
});

describe('what was sent', () => {
  const key = '0123456789abcdef';
  const decided = { key: `${key}${'0'.repeat(16)}`, reason: 'shrunk', kind: 'logs', levers: {}, before: 9, after: 3 };
  const append = (...all: readonly RecordedDecision[]) =>
    openDecisions(dashboard.folders.decisions).append('a'.repeat(32), { v: 1, id: 'i', scope: 's', era: 'e', decided: all });

  test('is found by the key of the ledger, beside the original where one is kept', async () => {
    const original = openOriginals(dashboard.folders.originals).keep('line 1\nline 2\n');
    await append(
      { ...decided, key: 'f'.repeat(32), text: 'another' },
      { ...decided, text: 'line 1\n[… 1 line]', original: original.isKept ? original.name : '' },
    );
    expect(await dashboard.ask(`sent/${key}-3.json`)).toEqual({
      ...{ key, before: 'line 1\nline 2\n', after: 'line 1\n[… 1 line]', isCut: false, original: original.isKept && original.name },
    });
    expect(await dashboard.ask(`sent/${'f'.repeat(16)}-3.json`)).toEqual({ key: 'f'.repeat(16), after: 'another', isCut: false });
  });

  test('is what went to the model in a launch, byte for byte', async () => {
    const { machine, folders } = dashboard;
    const file = machine.write('project/values.ts', Array.from({ length: 80 }, (_, at) => `const value${at} = ${at * at};\n`).join(''));
    const steps = [{ calls: [{ read: file }] }, { calls: [{ read: file }] }, { text: 'All done.' }];
    const upstream = await startUpstream({ script: { steps } });
    expect(await machine.run(['wrap', 'claude'], { ANTHROPIC_BASE_URL: upstream.url, STAND_IN: 'ask' })).toMatchObject({ code: 0 });
    const last = upstream.requests.at(-1)?.json as { messages: { content: string | { content?: string }[] }[] } | undefined;
    const results = last?.messages.flatMap(({ content }) =>
      typeof content === 'string' ? [] : content.flatMap((part) => part.content ?? []),
    );
    const shrunk: LedgerBlock[] = [];
    readLedger(folders.ledger, ({ agent, blocks = [] }) => void (agent === 'claude' && shrunk.push(...blocks.filter(({ key }) => key))));
    const shown = await Promise.all(shrunk.map(({ key: one, after }) => dashboard.ask<PageSent>(`sent/${one}-${after}.json`)));
    expect(shown.map(({ after }) => after)).toEqual(results);
    expect(shown[0]?.before).toContain('79\tconst value78 = 6084;\n');
    await upstream.close();
  });

  test('is beside the whole where that follows from it: numbers that were thinned', async () => {
    const lines = Array.from({ length: 40 }, (_, at) => `export const value${at} = compute(${at * 7});`);
    const numbered = lines.map((line, at) => `${String(at + 1).padStart(6)}→${line}`);
    const text = numbered.map((line, at) => (at % 10 === 9 || at === 0 || at === 39 ? line : lines[at])).join('\n');
    const count = await loadCounter();
    await append({ ...decided, text, before: count(numbered.join('\n')), form: 'invertible' });
    expect(await dashboard.ask<PageSent>(`sent/${key}-3.json`)).toMatchObject({ before: numbered.join('\n'), after: text });
    // Where that is not the text that was counted, nothing is claimed.
    await append({ ...decided, key: 'f'.repeat(32), text, before: 12 });
    expect(await dashboard.ask<PageSent>(`sent/${'f'.repeat(16)}-3.json`)).not.toHaveProperty('before');
  });

  test('is the first form that a result was given, and nothing of what is cut short or went out as it came', async () => {
    const file = join(dashboard.folders.decisions, `${'a'.repeat(16)}.jsonl`);
    await append(decided);
    expect((await send(`${address}sent/${key}-3.json`)).status).toBe(404);
    appendFileSync(file, `{"v":1,"id":"x","scope":"s","era":"e","decided":[{"key":"${decided.key}","text":"cut sho\n`);
    await append({ ...decided, text: 'of a later time', after: 2 });
    await append({ ...decided, text: 'first' });
    await append({ ...decided, text: 'second' });
    appendFileSync(file, `{"v":1,"id":"x","scope":"s","era":"e","decided":[{"key":"${decided.key}","text":"unfin`);
    expect(await dashboard.ask<PageSent>(`sent/${key}-3.json`)).toMatchObject({ after: 'first' });
    expect((await send(`${address}sent/${'9'.repeat(16)}-3.json`)).status).toBe(404);
  });
});

describe('originals', () => {
  const passed = Array.from({ length: 300 }, (_, at) => `tests/test_orders.py::test_case_${at} PASSED [ ${at % 100}%]`);
  const run = [
    '============ test session starts ============',
    'collected 301 items',
    '',
    ...passed,
    '============ 300 passed in 1.00s ============',
    '',
  ].join('\n');
  const keep = (text: string) => {
    const kept = openOriginals(dashboard.folders.originals).keep(text);
    if (!kept.isKept) throw new Error(kept.reason);
    return kept;
  };

  test('are listed, and nothing else that lies there', async () => {
    expect(await dashboard.ask<PageOriginals>('originals.json')).toMatchObject({ files: 0, bytes: 0, latest: [] });
    const { name } = keep('a text\n');
    for (const other of ['notes.txt', `${'a'.repeat(16)}.txt`, 'ABCDEF0123456789'])
      writeFileSync(join(dashboard.folders.originals, other), 'x');
    mkdirSync(join(dashboard.folders.originals, 'b'.repeat(16)));
    expect(await dashboard.ask<PageOriginals>('originals.json')).toMatchObject({ files: 1, bytes: 7, latest: [{ name, bytes: 7 }] });
  });

  test('stand beside what the pipeline makes of them', async () => {
    const { name, path } = keep(run);
    const shown = await dashboard.ask<PageComparison>(`originals/${name}.json`);
    expect(shown).toMatchObject({ name, before: run, bytes: run.length, isCut: false, form: 'excerpt' });
    expect(shown.after).toMatch(/\[… \d+ lines: /);
    expect(shown.after).toContain(path);
    expect(shown.tokensAfter).toBeLessThan(shown.tokensBefore / 2);
  });

  test('each by itself: one that was looked at before is no text above another', async () => {
    const first = keep(run);
    const second = keep(`${run}one more line\n`);
    await dashboard.ask(`originals/${first.name}.json`);
    expect((await dashboard.ask<PageComparison>(`originals/${second.name}.json`)).after).toMatch(/\[… \d+ lines: \d+ passed tests/);
  });

  test('that nothing can be made of say so', async () => {
    const { name } = keep('short\n');
    const shown = await dashboard.ask<PageComparison>(`originals/${name}.json`);
    expect([shown.after, shown.reason, shown.before]).toEqual([undefined, 'small', 'short\n']);
  });

  test('that are damaged, gone, or no originals are refused, by any path', async () => {
    const { name, path } = keep('a secret of the home folder\n');
    const secret = dashboard.machine.write('home/secret', 'a secret of the home folder\n');
    writeFileSync(path, 'another text\n');
    symlinkSync(secret, join(dashboard.folders.originals, 'c'.repeat(16)));
    const tricks = [
      `originals/${name}.json`,
      `originals/${'c'.repeat(16)}.json`,
      `originals/${'0'.repeat(16)}.json`,
      'originals/../ledger/ledger-000001.jsonl',
      'originals/..%2f..%2f..%2fsecret.json',
      'originals/%2e%2e/%2e%2e/secret',
      `originals//${name}.json`,
      `originals/${name.toUpperCase()}g.json`,
      `originals/${name}.json/`,
      `originals/${name}`,
      '../data.json',
      '//etc/passwd',
      'constructor',
    ];
    for (const trick of tricks) {
      // Raw: clients tidy such paths before they send them.
      const { pathname } = new URL(address);
      const answer = await sendRaw(
        dashboard.port,
        `GET ${pathname}${trick} HTTP/1.1\r\nHost: 127.0.0.1:${dashboard.port}\r\nConnection: close\r\n\r\n`,
      );
      expect([trick, answer.slice(9, 12)]).toEqual([trick, '404']);
      expect(answer).not.toContain('secret of the home');
    }
  });
});
