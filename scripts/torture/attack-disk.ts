/** What stays on the disk of somebody who runs the real command: no secret, nothing that others may read, and no way out of our folders. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPlace, type Place, programCommand } from '../bench/place.ts';
import { retrieveOverHttp } from './attack-http.ts';
import { afterBody, json, plainHead } from './fault.ts';
import type { PartOptions } from './part.ts';
import { planted } from './planted.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { look, secretsIn, type Written } from './written.ts';

export async function attackDisk({ checks }: PartOptions): Promise<void> {
  if (process.platform === 'win32') return checks.skip('what stays on the disk', 'permissions are another matter on Windows');
  const upstream = await startScriptedUpstream();
  const place = createPlace(programCommand(new URL('./programs/secret-agent.ts', import.meta.url)));
  const home = place.environment().HOME ?? '';
  const ours = join(home, '.cache', 'headroom');
  const outputs = ['explain.jsonl', 'receipt.json'].map((name) => join(home, name)) as [string, string];
  const launch = () => {
    answerSecretly(upstream);
    // A user whose umask forbids nothing, and an upstream whose address holds a password.
    const address = upstream.url.replace('http://', `http://user:${planted.password}@`);
    const command = `umask 000; exec "${process.execPath}" "${place.cli}" wrap --explain "${outputs[0]}" --receipt-json "${outputs[1]}" claude`;
    return run('/bin/sh', ['-c', command], place, { ANTHROPIC_BASE_URL: address, HEADROOM_QUIET: '' });
  };
  try {
    const first = await launch();
    const during = JSON.parse(first.stdout || '[]') as Written[];
    const after = look(home);
    checks.check('a launch with secrets in every place ends well', first.code === 0 && during.length > 3, first.stderr);
    const all = [...during, ...after];
    const leaks = all.filter(({ holds }) => holds.length > 0).map(({ path, holds }) => `${path}: ${holds.join(', ')}`);
    leaks.push(...secretsIn(first.stderr).map((name) => `what was printed: ${name}`));
    checks.check(
      `none of ${Object.keys(planted).length} planted secrets is in ${all.length} files and folders, while it ran and after, nor in what was printed`,
      leaks.length === 0,
      leaks.join('\n'),
    );
    const originals = readdirSync(join(ours, 'originals'));
    checks.check('the big result is kept, as the note says', originals.length === 1, originals.join());
    const open = all.filter(
      ({ path, kind, mode }) =>
        (path.startsWith(ours) || outputs.includes(path)) && kind !== 'link' && mode !== (kind === 'folder' ? 0o700 : 0o600),
    );
    checks.check(
      'folders are 0700 and files 0600, whatever the umask',
      open.length === 0,
      open.map(({ path, mode }) => `${path} ${mode.toString(8)}`).join('\n'),
    );
    await retrieve(place, join(ours, 'originals'), originals[0] ?? '', { checks });
    await followLinks(ours, home, launch, { checks });
  } finally {
    place.close();
    await upstream.close();
  }
}

/** What the secret agent is answered, whatever it asks for: well, with an error, not at all. */
export function answerSecretly(upstream: ScriptedUpstream): void {
  const reply = json.replace('[]', `[{"type":"text","text":"${planted.reply}"}]`);
  const error = `${plainHead(2, `500 ${planted.reply}`)}{}`;
  upstream.play(
    'well',
    afterBody(({ write }) => write(plainHead(reply.length) + reply)),
  );
  upstream.play(
    'error',
    afterBody(({ write }) => write(error)),
  );
  upstream.play(
    'reset',
    afterBody(({ reset }) => reset()),
  );
}

/** Words that would lead out of the folder of originals. */
async function retrieve(place: Place, folder: string, name: string, { checks }: Pick<PartOptions, 'checks'>): Promise<void> {
  const outside = join(folder, '..', '..', 'outside.txt');
  writeFileSync(outside, planted.key);
  const link = 'feedfacecafebeef';
  symlinkSync(outside, join(folder, link));
  mkdirSync(join(folder, 'deadbeefdeadbeef'));
  const words = [
    '../../outside.txt',
    outside,
    `${folder}/../../outside.txt`,
    `${folder}/${name}/../../../outside.txt`,
    `${name}/../../../outside.txt`,
  ];
  words.push(
    `file://${outside}`,
    '..%2f..%2foutside.txt',
    '..\\..\\outside.txt',
    link,
    join(folder, link),
    'deadbeefdeadbeef',
    '/etc/passwd',
    '-',
    '',
    '.',
    '..',
  );
  words.push('/proc/self/environ', `${name}\n../../outside.txt`, '0'.repeat(100_000));
  const wrong: string[] = [];
  for (const word of words) {
    const { code, stdout, stderr } = await run(process.execPath, [place.cli, 'retrieve', '--', word], place);
    if (code === 0 || stdout !== '' || stderr.includes(planted.key)) wrong.push(`${word.slice(0, 80)}: ${code} ${stdout.slice(0, 80)}`);
  }
  const right = await run(process.execPath, [place.cli, 'retrieve', name], place);
  checks.check(
    `${words.length} words that lead elsewhere retrieve nothing, and the right one does`,
    wrong.length === 0 && right.code === 0 && right.stdout.length > 1000,
    wrong.join('\n'),
  );
  await retrieveOverHttp(place, { name, outside, link }, { checks });
  rmSync(join(folder, link));
  rmSync(join(folder, 'deadbeefdeadbeef'), { recursive: true });
}

/** Files of ours that somebody made links to others: what they point to stays as it is. */
async function followLinks(ours: string, home: string, launch: () => Promise<Ran>, { checks }: Pick<PartOptions, 'checks'>): Promise<void> {
  const files = look(ours).filter(({ kind }) => kind === 'file');
  const victims = files.map(({ path }, at) => {
    const victim = join(home, `victim-${at}.txt`);
    writeFileSync(victim, 'not ours\n');
    rmSync(path);
    symlinkSync(victim, path);
    return { path, victim };
  });
  const { code, stderr } = await launch();
  checks.check('with links in place of our files a launch ends well all the same', code === 0, stderr);
  const changed = victims.filter(({ victim }) => readFileSync(victim, 'utf8') !== 'not ours\n').map(({ path }) => path);
  checks.check(`${files.length} files of ours made links: what they point to stays as it was`, changed.length === 0, changed.join('\n'));
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], place: Place, more: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, args, { env: place.environment(more), timeout: 60_000, maxBuffer: 64 * 1024 * 1024 }, (failed, stdout, stderr) => {
      resolve({ code: failed ? (typeof failed.code === 'number' ? failed.code : 1) : 0, stdout, stderr });
    });
  });
}
