/** How long finding the text of a body takes: the scanner alone, a first reading, one that extends an earlier body, and `JSON.parse` beside them. */
import { createAnthropicMessages } from '../../src/protocols/anthropic-messages.ts';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { scanJson } from '../../src/text/json-scan.ts';

/** Medians, in milliseconds. */
export interface ScanRow {
  readonly body: string;
  readonly bytes: number;
  readonly blocks: number;
  readonly scan: number;
  /** Scanner and chain keys, of a body never seen. */
  readonly scanAndChain: number;
  /** The same after a body that lacks the last call and result. */
  readonly next: number;
  readonly parse: number;
}

const sizes = [
  { body: '10 KB', bytes: 10 * 1024, results: 5 },
  { body: '200 KB', bytes: 200 * 1024, results: 60 },
  { body: '1 MB', bytes: 1024 * 1024, results: 150 },
];
const rounds = 101;

export function benchScan(): ScanRow[] {
  return sizes.map(({ body, bytes, results }) => {
    const request = createBody(bytes, results);
    const earlier = createBody(bytes, results, results - 1);
    const [scan = 0, scanAndChain = 0, next = 0, parse = 0] = medians([
      { run: () => scanJson(request, 10) },
      { prepare: () => createAnthropicMessages(), run: (protocol) => protocol?.read(request, 'bench') },
      { prepare: () => readOnce(earlier), run: (protocol) => protocol?.read(request, 'bench') },
      { run: () => JSON.parse(request.toString('utf8')) },
    ]);
    const blocks = createAnthropicMessages().read(request, 'bench')?.blocks.length ?? 0;
    return { body, bytes: request.length, blocks, scan, scanAndChain, next, parse };
  });
}

function readOnce(body: Buffer): Protocol {
  const protocol = createAnthropicMessages();
  protocol.read(body, 'bench');
  return protocol;
}

/** A conversation of one call and one result after the other, up to `shown` of them; results are source code and logs in turn. */
function createBody(bytes: number, results: number, shown = results): Buffer {
  const share = Math.floor(bytes / results) - 260;
  const messages: unknown[] = [{ role: 'user', content: 'Find out why the build is slow.' }];
  for (let i = 0; i < shown; i += 1) {
    const id = `toolu_${String(i).padStart(24, '0')}`;
    messages.push({
      role: 'assistant',
      content: [{ type: 'tool_use', id, name: 'Bash', input: { command: `sed -n ${i}p file-${i}.ts` } }],
    });
    messages.push({ role: 'user', content: [{ tool_use_id: id, type: 'tool_result', content: text(i, share), is_error: false }] });
  }
  return Buffer.from(JSON.stringify({ model: 'claude-bench', messages, max_tokens: 1024, stream: true }));
}

/** Text that takes about so many bytes as a JSON string. */
function text(seed: number, bytes: number): string {
  const line = (n: number): string =>
    seed % 2 === 0
      ? `${n}\t  const total_${n} = sum(items, "price") ?? ${seed}; // naïve\n`
      : `2026-01-01T00:00:00Z INFO worker-${seed} job=${n} status=ok path=C:\\data\\${n}\n`;
  let all = '';
  for (let n = 1, used = 0; used < bytes; n += 1) {
    all += line(n);
    used += line(n).length + 3;
  }
  return all;
}

interface Task {
  /** Not timed. */
  readonly prepare?: () => Protocol;
  readonly run: (protocol: Protocol | undefined) => unknown;
}

/** The tasks take turns, so that a busy moment meets them all. */
function medians(tasks: readonly Task[]): number[] {
  const times = tasks.map((): number[] => []);
  for (let round = -20; round < rounds; round += 1)
    tasks.forEach(({ prepare, run }, i) => {
      const protocol = prepare?.();
      const from = process.hrtime.bigint();
      run(protocol);
      if (round >= 0) times[i]!.push(Number(process.hrtime.bigint() - from) / 1e6);
    });
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]!);
}
