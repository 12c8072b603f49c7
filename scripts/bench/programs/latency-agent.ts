/** The agent whose requests are timed: the same body by every way in turn. Prints its figures as JSON. */
import { createSession } from '../session.ts';
import { createPost, ownBaseUrl } from './post.ts';

/** Milliseconds, one per round, by way. */
export interface LatencyCase {
  readonly size: string;
  /** Bytes of the new block; 0: nothing new. */
  readonly added: number;
  readonly bytes: number;
  readonly blocks: number;
  readonly direct: number[];
  readonly forwarder: number[];
  readonly headroom: number[];
}

const { BENCH_DIRECT = '', BENCH_FORWARDER = '', BENCH_ROUNDS = '200' } = process.env;
const rounds = Number(BENCH_ROUNDS);
/** Rounds that are not counted: everything is compiled and connected by then. */
const warmUps = 12;
const sizes = [
  { size: '10 KB', bytes: 10 * 1024, calls: 3 },
  { size: '200 KB', bytes: 200 * 1024, calls: 30 },
  { size: '1 MB', bytes: 1024 * 1024, calls: 150 },
];
const ways = {
  direct: createPost(BENCH_DIRECT),
  forwarder: createPost(BENCH_FORWARDER),
  headroom: createPost(ownBaseUrl()),
};
const names = Object.keys(ways) as (keyof typeof ways)[];

const cases: LatencyCase[] = [];
for (const { size, bytes, calls } of sizes) for (const added of [0, 4096, 40_960]) cases.push(await measure(size, bytes, calls, added));
process.stdout.write(JSON.stringify(cases));
process.exit(0);

async function measure(size: string, bytes: number, calls: number, added: number): Promise<LatencyCase> {
  const session = createSession(bytes + added, bytes, calls);
  const { blocks } = session;
  const body = session.body();
  const found: LatencyCase = { size, added, bytes: body.length, blocks: 2 * calls + 1, direct: [], forwarder: [], headroom: [] };
  // A conversation that has grown by a tenth goes back to where it was, and what came since is new again.
  const longest = Math.max(1, Math.floor(bytes / 10 / Math.max(1, added)));
  await ways.headroom(body);
  for (let round = -warmUps; round < rounds; round += 1) {
    if (added > 0 && (round + warmUps) % longest === 0 && session.blocks > blocks) {
      session.cut(blocks);
      await ways.headroom(body);
    }
    if (added > 0) session.addCall(added);
    const present = added > 0 ? session.body() : body;
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round + warmUps) % names.length]!;
      const { last } = await ways[name](present);
      if (round >= 0) found[name].push(last);
    }
  }
  return found;
}
