/** The package on the Nodes that it is for, the oldest and the newest: installed into an empty folder without scripts, and at work there. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { findNode } from '../scripts/e2e/install.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { type InstalledPackage, installPackage } from './helpers/installed-package.ts';

const own = Number(process.versions.node.split('.')[0]);
let installed: InstalledPackage;
beforeAll(() => {
  installed = installPackage(inject('dist'));
});
afterAll(() => installed.remove());

test('takes less than 12 MB', () => {
  const folder = join(installed.project, 'node_modules', 'headroom-wrap');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(bytes).toBeLessThan(12_000_000);
});

describe.each([20, 24])('Node %i', (major) => {
  const folder = major === own ? join(process.execPath, '..') : findNode(major);

  async function run(program: string, ...words: string[]): Promise<string> {
    const { environment, project } = installed;
    const env = { ...environment, PATH: `${folder}:/usr/bin:/bin` };
    return (await promisify(execFile)(join(folder!, 'node'), [program, ...words], { cwd: project, env })).stdout;
  }
  const headroom = (...words: string[]) => run(join(installed.project, 'node_modules', 'headroom-wrap', 'dist', 'cli.js'), ...words);

  test.skipIf(folder === undefined)(`is there${folder === undefined ? ': skipped, it is not to be had here' : ''}`, () => {
    expect(execFileSync(join(folder!, 'node'), ['--version'], { encoding: 'utf8' })).toMatch(new RegExp(`^v${major}\\.`));
  });

  test.skipIf(folder === undefined)('runs the commands: version, help, the whole demo, doctor, uninstall', async () => {
    expect(await headroom('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await headroom('wrap', '--help')).toContain('Examples:');
    expect(await headroom('demo')).toContain('what the agent did');
    const report = await headroom('doctor', '--json').catch((thrown: { stdout: string }) => thrown.stdout);
    expect(JSON.parse(report)).toMatchObject({ node: expect.stringMatching(new RegExp(`^${major}\\.`)), platform: process.platform });
    await headroom('uninstall');
    expect(readdirSync(installed.environment.HOME!).filter((name) => name !== '.npm')).toEqual([]);
  });

  test.skipIf(folder === undefined)('wraps a command: its request passes the proxy, and its result gets smaller', async () => {
    const agent = installed.write(
      'agent.mjs',
      `const [first, second] = ${JSON.stringify([
        [{ role: 'user', content: 'why?' }, ask('a'), answer('a')],
        [ask('b'), answer('b')],
      ])};
       const post = async (messages) => {
         const body = JSON.stringify({ model: 'm', max_tokens: 5, messages });
         const headers = { 'content-type': 'application/json' };
         const reply = await fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', { method: 'POST', body, headers });
         return JSON.stringify({ sent: body.length, ...(await reply.json()) });
       };
       await post(first);
       console.log(await post([...first, ...second]));`,
    );
    const upstream = installed.write(
      'upstream.mjs',
      `import { createServer } from 'node:http';
       import { spawn } from 'node:child_process';
       const server = createServer(async (request, reply) => {
         let bytes = 0;
         for await (const chunk of request) bytes += chunk.length;
         reply.end(JSON.stringify({ bytes }));
       }).listen(0, '127.0.0.1', () => {
         const env = { ...process.env, ANTHROPIC_BASE_URL: 'http://127.0.0.1:' + server.address().port };
         const cli = process.argv[2];
         const words = [cli, 'wrap', '--quiet', '--profile', 'lossless', '--', process.execPath, process.argv[3]];
         spawn(process.execPath, words, { env, stdio: 'inherit' }).on('exit', (code) => process.exit(code));
       });`,
    );
    const cli = join(installed.project, 'node_modules', 'headroom-wrap', 'dist', 'cli.js');
    const { sent, bytes } = JSON.parse(await run(upstream, cli, agent)) as { sent: number; bytes: number };
    expect(bytes).toBeGreaterThan(log.length);
    expect(bytes).toBeLessThan(sent - 1000);
  });

  test.skipIf(folder === undefined)('imports the library', async () => {
    const file = installed.write('use.mjs', "import { compress } from 'headroom-wrap'; console.log(typeof compress, process.version);");
    expect(await run(file)).toMatch(new RegExp(`^function v${major}\\.`));
    expect(existsSync(join(installed.project, 'node_modules', '.package-lock.json'))).toBe(true);
  });
});
