/** `headroom retrieve` and `headroom clean` as a person runs them: what they print, what they remove, and what they say when they cannot. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../src/store/ledger.ts';
import { createMarks } from '../src/store/marks.ts';
import { openOriginals } from '../src/store/originals.ts';
import { cacheParts } from '../src/store/place.ts';
import { createMachine, type Machine, until } from './helpers/launches.ts';
import { ledgerLine } from './helpers/ledger-line.ts';

let machine: Machine;
let cache: ReturnType<typeof cacheParts>;
beforeEach(() => {
  machine = createMachine();
  cache = cacheParts(join(machine.home, '.cache', 'headroom'));
});
afterEach(() => machine.remove());

function keep(text: string, folder = cache.originals, launch?: string): string {
  const kept = openOriginals(folder, launch === undefined ? {} : { marks: createMarks(join(cache.launches, launch)) }).keep(text);
  if (!kept.isKept) throw new Error(kept.reason);
  return kept.name;
}
const text = Array.from({ length: 30 }, (_, n) => `line ${n + 1}${n % 10 === 4 ? ' ERROR: timeout é' : ''}${n === 2 ? '\r' : ''}\n`).join(
  '',
);
const retrieve = (...words: string[]) => machine.run(['retrieve', ...words]);

describe('retrieve', () => {
  test('prints every byte, by hash, by its beginning, by the whole hash and by path', async () => {
    const name = keep(`${text}no newline at the end`);
    const whole = createHash('sha256').update(`${text}no newline at the end`).digest('hex');
    symlinkSync(machine.home, join(machine.project, 'link'));
    const ways = [name, name.slice(0, 4), name.toUpperCase(), whole, join(cache.originals, name), `link/.cache/headroom/originals/${name}`];
    for (const way of ways) {
      expect({ way, ...(await retrieve(way)) }).toMatchObject({ way, code: 0, stdout: `${text}no newline at the end`, stderr: '' });
    }
  });

  test.each([
    [['--lines', '2-4'], 'line 2\nline 3\r\nline 4\n'],
    [['--lines', '7'], 'line 7\n'],
    [['--lines', '29-'], 'line 29\nline 30\n'],
    [['--lines=-2'], 'line 1\nline 2\n'],
    [['--lines', '30-99'], 'line 30\n'],
    [['--search', 'error TIMEOUT'], '5:line 5 ERROR: timeout é\n15:line 15 ERROR: timeout é\n25:line 25 ERROR: timeout é\n'],
    [['--search', 'error', '--lines', '6-20'], '15:line 15 ERROR: timeout é\n'],
  ])('prints what is chosen: %j', async (words, expected) => {
    expect(await retrieve(keep(text), ...words)).toMatchObject({ code: 0, stdout: expected, stderr: '' });
  });

  test('writes to a file of ours alone, and says so on stderr', async () => {
    const { code, stdout, stderr } = await retrieve(keep(text), '--lines', '1-3', '--out', 'part.txt');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '3 lines, 22 bytes, written to part.txt\n' });
    expect(readFileSync(join(machine.project, 'part.txt'), 'utf8')).toBe('line 1\nline 2\nline 3\r\n');
    expect(statSync(join(machine.project, 'part.txt')).mode & 0o777).toBe(0o600);
  });

  test('finds what a launch keeps only while it runs', async () => {
    const name = keep(text, join(cache.launches, 'one', 'originals'));
    expect(await retrieve(name)).toMatchObject({ code: 0, stdout: text });
    expect(await retrieve(join(cache.launches, 'one', 'originals', name))).toMatchObject({ code: 0, stdout: text });
  });

  test('ends quietly when its reader has seen enough', () => {
    const name = keep('a line of a very long text\n'.repeat(100_000));
    const command = `set -o pipefail; "${process.execPath}" "${machine.cli}" retrieve ${name} | head -1`;
    const shell = execFileSync('bash', ['-c', `${command}; echo "code $?"`], {
      encoding: 'utf8',
      env: machine.environment(),
      cwd: machine.project,
    });
    expect(shell).toBe('a line of a very long text\ncode 0\n');
  });

  describe('says what to do:', () => {
    const twins = () => {
      // Names are all that is looked at until one is chosen.
      mkdirSync(cache.originals, { recursive: true });
      for (const name of ['abcd000000000001', 'abcd000000000002']) writeFileSync(join(cache.originals, name), '');
    };
    test.each<[string, string[], string, string]>([
      ['no hash', [], 'Which original?', 'Give the hash or the path that the note names.'],
      ['a word', ['hello'], '`hello` is neither a hash nor a path', 'A hash is 4 to 64 of the digits 0-9 and a-f.'],
      ['too short a hash', ['abc'], '`abc` is neither', 'A hash is 4 to 64'],
      ['an unknown hash', ['0123456789abcdef'], 'There is no original `0123456789abcdef`', 'Originals go 30 days after their last use'],
      ['a path elsewhere', ['./package.json'], '`./package.json` is no original of ours', 'Originals are files in '],
      [
        'two that begin alike',
        ['abcd'],
        'The hashes of 2 originals begin with `abcd`',
        'Give more of it: abcd000000000001, abcd000000000002',
      ],
      ['an option that is none', ['abcd', '--nope'], "unknown option '--nope'", 'Try: headroom retrieve --help'],
      ['a range that is none', ['abcd', '--lines', '9-3'], '--lines: `9-3` is no range of lines', 'Examples: --lines 10-20'],
      ['line 0', ['abcd', '--lines', '0-3'], '--lines: `0-3` is no range of lines', 'Examples: --lines 10-20'],
      ['no words', ['abcd', '--search', ' '], '--search: no word to look for', 'Example: --search'],
    ])('%s', async (_name, words, message, hint) => {
      twins();
      const { code, stdout, stderr } = await retrieve(...words);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      const [first = '', second = ''] = stderr.split('\n');
      expect(first.startsWith(`headroom: ${message}`)).toBe(true);
      expect(second.startsWith(hint)).toBe(true);
    });

    test('lines beyond its end, words that no line holds, a file that cannot be written', async () => {
      const name = keep(text);
      expect(await retrieve(name, '--lines', '31-40')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('it has only 30 lines\nExample: --lines 1-30'),
      });
      expect(await retrieve(name, '--search', 'error banana')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('No line holds all of: error banana'),
      });
      expect(await retrieve(name, '--out', 'no/such/folder')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Cannot write the file of --out'),
      });
    });

    test('one that is not what was kept, by hash and by path, and a hash that only begins alike', async () => {
      const name = keep(text);
      expect(await retrieve(`${name}ffff`)).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no original') });
      writeFileSync(join(cache.originals, name), text.replace('line 9', 'line 8'));
      for (const way of [name, join(cache.originals, name)]) {
        const { code, stdout, stderr } = await retrieve(way);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(stderr).toContain('was changed or cut short: it no longer is what was kept\nDelete the file.');
      }
      rmSync(join(cache.originals, name));
      expect(await retrieve(join(cache.originals, name))).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('There is no original'),
      });
    });
  });
});

describe('clean', () => {
  const dead = '4194999-1.0-00000000-00000000';
  const clean = (...words: string[]) => machine.run(['clean', ...words]);
  async function startLaunch() {
    const live = machine.start(['wrap', 'claude'], { STAND_IN: 'wait', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' });
    await until(machine.hasReport);
    const [id = ''] = readdirSync(cache.launches);
    const end = async () => {
      live.child.kill('SIGTERM');
      await live.ended;
    };
    return { id, end, deadId: id.replace(/^\d+/, '4194999') };
  }

  test('has nothing to do where there is nothing', async () => {
    expect(await clean()).toEqual({ code: 0, signal: null, stdout: 'there was nothing to remove\n', stderr: '' });
    expect(await clean('--all')).toMatchObject({ code: 0, stdout: 'there was nothing to remove\n' });
  });

  test('removes what no running launch uses, and says so; --all takes the rest', async () => {
    const { id, deadId, end } = await startLaunch();
    const used = keep('used', cache.originals, id);
    keep('unused');
    keep('used by a dead one', cache.originals, deadId);
    const ledger = openLedger(cache.ledger);
    ledger.append(ledgerLine());
    ledger.close();
    const expected = [
      'removed 2 originals: 24 bytes',
      'kept 1 original that a running launch uses: 4 bytes',
      'removed 1 folder of launches that were killed',
    ];
    expect(await clean()).toMatchObject({ code: 0, stdout: `${expected.join('\n')}\n`, stderr: '' });
    expect(readdirSync(cache.originals)).toEqual([used]);
    expect(readdirSync(cache.launches)).toEqual([id]);
    expect(readdirSync(cache.ledger)).toHaveLength(1);

    const { code, stdout } = await clean('--all');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^removed 1 original that a running launch used: 4 bytes\nremoved 1 file of the ledger: \d+ bytes\n$/);
    expect(readdirSync(cache.originals)).toEqual([]);
    expect(readdirSync(cache.launches)).toEqual([id]);
    expect(readdirSync(cache.ledger)).toEqual([]);
    await end();
  });

  test('keeps records of the last hour, for what was sent may be in a cache; --all takes them, and nothing else out of their folder', async () => {
    mkdirSync(cache.decisions, { recursive: true });
    const [young, old] = ['0123456789abcdef.jsonl', 'fedcba9876543210.jsonl'];
    for (const name of [young, old, 'notes.txt']) writeFileSync(join(cache.decisions, name), 'eight b\n');
    utimesSync(join(cache.decisions, old), new Date(0), new Date(0));
    expect(await clean()).toMatchObject({ code: 0, stdout: 'removed 1 record of what results became: 8 bytes\n' });
    expect(readdirSync(cache.decisions).sort()).toEqual([young, 'notes.txt']);
    expect(await clean('--all')).toMatchObject({ code: 0, stdout: 'removed 1 record of what results became: 8 bytes\n' });
    expect(readdirSync(cache.decisions)).toEqual(['notes.txt']);
  });

  test('says what to do where the ledger cannot be removed', async () => {
    mkdirSync(join(cache.ledger, 'ledger-000001.jsonl'), { recursive: true });
    const { code, stderr } = await clean('--all');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^headroom: Cannot remove the ledger: .*\nRemove .* yourself\.\n$/);
  });

  test('leaves what is not ours', async () => {
    mkdirSync(cache.originals, { recursive: true });
    mkdirSync(join(cache.launches, 'notes'), { recursive: true });
    mkdirSync(join(cache.launches, dead), { recursive: true });
    writeFileSync(join(cache.originals, 'notes.txt'), '');
    expect(await clean('--all')).toMatchObject({ stdout: 'there was nothing to remove\n' });
    expect(readdirSync(cache.originals)).toEqual(['notes.txt']);
    // Another machine's, which cannot be asked whether it runs.
    expect(readdirSync(cache.launches).sort()).toEqual([dead, 'notes'].sort());
  });
});
