/** Originals of the library's excerpts: kept before the excerpt is handed over, named by its note, given back. */
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHeadroom, Failure } from '../src/index.ts';
import { createHeadroomIn } from '../src/library/create.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { resultTexts } from './helpers/message-spellings.ts';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'headroom-library-')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lastLine = (messages: readonly unknown[]) => resultTexts(messages).at(-1)?.split('\n').at(-1);

describe('originals', () => {
  const own = () => mkdtempSync(join(folder, 'own-'));

  test('of excerpts are kept, and given back whole and in part', async () => {
    const headroom = createHeadroom({ folder: own() });
    const result = await headroom.compress([ask('a'), answer('a')]);
    const [hash = ''] = result.ccrHashes;
    expect(result).toMatchObject({ compressed: true, ccrHashes: [expect.stringMatching(/^[0-9a-f]{16}$/)] });
    expect(result.transformsApplied).toContain('excerpts');
    expect(result.compressionRatio).toBe(result.tokensAfter / result.tokensBefore);
    expect(await headroom.retrieve(hash)).toBe(log);
    expect(await headroom.retrieve(hash.slice(0, 6))).toBe(log);
    expect(await headroom.retrieve(hash, { lines: '151' })).toBe(`${log.split('\n')[150]}\n`);
    expect(await headroom.retrieve(hash, { query: 'FAILED disk' })).toBe(`151:${log.split('\n')[150]}\n`);
    expect(await headroom.retrieve(hash, { query: 'failed', lines: '1-150' })).toBe('');
    expect(await headroom.retrieve(hash, { query: 'nothing like it' })).toBe('');
  });

  test('are named by a command that finds them: shorter where Headroom keeps its own', async () => {
    const home = own();
    const usual = await createHeadroomIn(home).compress([ask('a'), answer('a')]);
    expect(lastLine(usual.messages)).toMatch(
      new RegExp(`^\\[… \\d+ lines not shown, full text: headroom retrieve ${usual.ccrHashes[0]}\\]$`),
    );
    const named = await createHeadroom({ folder: home }).compress([ask('a'), answer('a')]);
    expect(lastLine(named.messages)).toContain(`full text: headroom retrieve ${named.ccrHashes[0]} --folder ${home}]`);
    const spaced = join(own(), 'a b');
    expect(lastLine((await createHeadroom({ folder: spaced }).compress([ask('a'), answer('a')])).messages)).toContain(
      `--folder "${spaced}"]`,
    );
  });

  test('are named by their path where the model opens files, and what it opens then is left as it is', async () => {
    const headroom = createHeadroom({ folder: own(), recovery: 'path' });
    const first = await headroom.compress([ask('a'), answer('a')]);
    const [, path = ''] = /full text: (.*)\]$/.exec(lastLine(first.messages) ?? '') ?? [];
    expect(readFileSync(path, 'utf8')).toBe(log);
    const opened = await headroom.compress([ask('a'), answer('a'), ask('b', `cat ${path}`), answer('b')]);
    expect(opened.messages.slice(0, 2)).toEqual(first.messages);
    expect(opened.messages[3]).toEqual(answer('b'));
  });

  test('are named by a tool, or by an address, where that is how the model gets at them', async () => {
    for (const [recovery, named] of [
      ['tool', (hash: string) => `headroom_retrieve ${hash}`],
      [{ url: 'https://headroom.example:8443/k3y/' }, (hash: string) => `https://headroom.example:8443/k3y/originals/${hash}`],
    ] as const) {
      const headroom = createHeadroom({ folder: own(), recovery });
      const first = await headroom.compress([ask('a'), answer('a')]);
      const [hash = ''] = first.ccrHashes;
      expect(lastLine(first.messages)).toMatch(/^\[… \d+ lines not shown, full text: /);
      expect(lastLine(first.messages)?.endsWith(`full text: ${named(hash)}]`)).toBe(true);
      // What is fetched that way is left as it is, and so is what carries the note.
      const fetch = [ask('b', `curl -s ${named(hash)}`), answer('b')];
      const opened = await headroom.compress([...first.messages, ...fetch]);
      expect(opened.messages).toEqual([...first.messages, ...fetch]);
    }
  });

  test('that a tool of the name `headroom_retrieve` gave back are left as they are', async () => {
    const call = {
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: 'r', toolName: 'headroom_retrieve', input: { hash: 'x' } }],
    };
    const output = { type: 'text', value: log };
    const given = { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'r', toolName: 'headroom_retrieve', output }] };
    expect(await createHeadroom({ folder: own() }).compress([call, given])).toMatchObject({ messages: [call, given], compressed: false });
  });

  test('that cannot be kept make no excerpts, and so it stays', async () => {
    const blocked = own();
    writeFileSync(join(blocked, 'originals'), 'a file in the way');
    const headroom = createHeadroom({ folder: blocked });
    const without = await headroom.compress([ask('a'), answer('a')]);
    expect(without.ccrHashes).toEqual([]);
    rmSync(join(blocked, 'originals'));
    expect((await headroom.compress([ask('a'), answer('a'), ask('b'), answer('b', 'x')])).messages.slice(0, 2)).toEqual(without.messages);
  });

  test('are not needed by `lossless`, which writes nothing', async () => {
    const empty = own();
    const messages = [ask('a'), answer('a')];
    for (const result of [
      await createHeadroom({ folder: empty, profile: 'lossless' }).compress(messages),
      await createHeadroom({ folder: empty }).compress(messages, { profile: 'lossless' }),
    ]) {
      expect(result).toMatchObject({ compressed: true, ccrHashes: [] });
    }
    expect(readdirSync(empty)).toEqual([]);
  });

  test('that are missing, damaged or not named are told by code', async () => {
    const home = own();
    const headroom = createHeadroom({ folder: home });
    const [hash = ''] = (await headroom.compress([ask('a'), answer('a')])).ccrHashes;
    const failure = (code: string) => expect.objectContaining({ code, constructor: Failure });
    await expect(headroom.retrieve('0123456789abcdef')).rejects.toEqual(failure('unknown-original'));
    await expect(headroom.retrieve('the log')).rejects.toEqual(failure('no-hash'));
    await expect(headroom.retrieve(hash, { lines: 'all' })).rejects.toEqual(failure('bad-range'));
    await expect(headroom.retrieve(7 as never)).rejects.toThrow(TypeError);
    writeFileSync(join(home, 'originals', hash), 'something else');
    await expect(headroom.retrieve(hash)).rejects.toEqual(failure('damaged-original'));
  });
});
