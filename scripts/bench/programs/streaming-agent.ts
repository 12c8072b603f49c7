/** The agent that reads streamed replies: when the first byte came, and how long each event was under way. Prints its figures as JSON. */
import { createSession } from '../session.ts';
import { createPost, ownBaseUrl } from './post.ts';

/** Milliseconds by way. */
export type StreamingFigures = Readonly<
  Record<'direct' | 'forwarder' | 'headroom', { readonly first: number[]; readonly event: number[] }>
>;

const { BENCH_DIRECT = '', BENCH_FORWARDER = '' } = process.env;
const rounds = 40;
const warmUps = 5;
const events = 40;

const ways = { direct: createPost(BENCH_DIRECT), forwarder: createPost(BENCH_FORWARDER), headroom: createPost(ownBaseUrl()) };
const figures: StreamingFigures = {
  direct: { first: [], event: [] },
  forwarder: { first: [], event: [] },
  headroom: { first: [], event: [] },
};
const body = createSession(1, 10 * 1024, 3).body();
for (let round = -warmUps; round < rounds; round += 1) {
  const names = Object.keys(ways) as (keyof typeof ways)[];
  for (let turn = 0; turn < names.length; turn += 1) {
    const name = names[(turn + round + warmUps) % names.length]!;
    const taken: number[] = [];
    const { first } = await ways[name](body, `?chunks=${events}`, (chunk, arrived) => {
      for (const [, at] of chunk.toString('latin1').matchAll(/"at (\d+) "/g)) taken.push(Number(arrived - BigInt(at ?? 0)) / 1e6);
    });
    if (taken.length !== events) throw new Error(`${taken.length} of ${events} events came by ${name}`);
    if (round < 0) continue;
    figures[name].first.push(first);
    figures[name].event.push(...taken);
  }
}
process.stdout.write(JSON.stringify(figures));
process.exit(0);
