/**
 * Callers of the Python original that nobody here wrote, pointed at `headroom proxy`: the npm package `headroom-ai` with its client and
 * adapters, and LiteLLM's guardrail. They have to read our answers as they read the original's.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkClient } from './callers-npm.ts';
import { chat, log } from './callers-talks.ts';
import type { Checks } from './checks.ts';
import { installPythonAgent } from './install-python.ts';
import { run } from './processes.ts';
import { createWorkplace } from './workplace.ts';

/** Its newest version wants packages that not every registry has yet: those of an older one will do. */
const litellm = { name: 'litellm', version: '1.109.1', minors: [12, 11, 13, 10], before: ['litellm==1.106.0', 'fastapi'] };

const prometheus = { name: 'prometheus_client', version: '0.26.0', minors: litellm.minors };

type Json = Record<string, unknown>;

export async function checkCallers(checks: Checks, cli: string): Promise<void> {
  const workplace = createWorkplace();
  workplace.reset();
  const environment = { PATH: process.env.PATH, HOME: workplace.home };
  const token = 'a-token-of-the-e2e-run';
  const open = await startProxy(cli, ['--recovery', 'tool'], environment);
  const closed = await startProxy(cli, ['--recovery', 'tool'], { ...environment, HEADROOM_TOKEN: token });
  try {
    await checkClient(checks, open.base, closed.base, token);
    await checkGuardrail(checks, closed.base, token);
    await checkMetrics(checks, open.base);
  } finally {
    for (const { child } of [open, closed]) child.kill('SIGTERM');
    workplace.remove();
  }
}

interface Proxy {
  readonly base: string;
  readonly child: ChildProcess;
}

/** A proxy on any free port, ready. */
export function startProxy(cli: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Proxy> {
  const child = spawn(process.execPath, [cli, 'proxy', '--port', '0', ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk;
        const [base] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
        if (base) resolve({ base, child });
      });
    child.on('exit', () => reject(new Error(`headroom proxy ended: ${said}`)));
  });
}

async function checkGuardrail(checks: Checks, base: string, token: string): Promise<void> {
  const python = installPythonAgent(litellm);
  if ('reason' in python) return checks.skip('the guardrail of LiteLLM', python.reason);
  console.log(`LiteLLM ${litellm.version}, its guardrail`);
  const asked = JSON.stringify({ base, key: token, model: 'gpt-5.2', messages: chat });
  const script = join(fileURLToPath(new URL('.', import.meta.url)), 'litellm-guardrail.py');
  const environment = { PATH: process.env.PATH, LITELLM_LOCAL_MODEL_COST_MAP: 'True' };
  const { stdout, stderr } = await run(join(python.folder, 'python'), [script, asked], { env: environment });
  const result = parsed(stdout.trim().split('\n').at(-1) ?? '');
  if (!checks.check('it runs', result !== undefined, stderr.slice(-1500))) return;
  const { messages, tools, hashes, originals, missing, stats } = result as Record<string, never[]>;
  const [hash = ''] = hashes as string[];
  checks.equal(
    'every message is there, and all but the result as it was',
    JSON.stringify(without(messages!)),
    JSON.stringify(without(chat)),
  );
  checks.check(
    'the result is smaller, and names the tool',
    `${JSON.stringify(messages)}`.includes(`headroom_retrieve ${hash}]`),
    JSON.stringify(messages).slice(0, 800),
  );
  checks.equal('it gives the model the tool', JSON.stringify(tools), '["headroom_retrieve"]');
  checks.equal('what the tool fetches is the original', String(originals?.[0]), log);
  checks.equal('of none is told', String(missing), '[Headroom: hash=0123456789abcdef not found or expired]');
  checks.check('its figures', Number((stats?.[0] as Json | undefined)?.tokens_saved) > 5000, JSON.stringify(stats));
}

/** By the parser that Prometheus' own people keep. */
async function checkMetrics(checks: Checks, base: string): Promise<void> {
  const python = installPythonAgent(prometheus);
  if ('reason' in python) return checks.skip('the metrics', python.reason);
  console.log(`prometheus_client ${prometheus.version}, its parser`);
  const text = await (await fetch(`${base}/metrics`)).text();
  const parse =
    'import json, sys; from prometheus_client.parser import text_string_to_metric_families as read; print(json.dumps({sample.name: sample.value for family in read(sys.argv[1]) for sample in family.samples}))';
  const { stdout, stderr } = await run(join(python.folder, 'python'), ['-c', parse, text], { env: { PATH: process.env.PATH } });
  const values = parsed(stdout) ?? {};
  const count = [...text.matchAll(/^headroom_/gm)].length;
  checks.check(`reads all ${count} samples`, Object.keys(values).length > 15 && values.headroom_requests_total === 8, stdout + stderr);
}

function without(messages: readonly unknown[]): unknown {
  return messages.map((message) => ({ ...(message as Json), content: (message as Json).role === 'tool' ? '' : (message as Json).content }));
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
