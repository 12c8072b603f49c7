/**
 * The agent of a comparison: sends every request of the conversations in a file, the recorded ones directly as well, in turn. Prints what
 * it took longer and how much memory the process that started it holds, as JSON.
 */
import { readFileSync } from 'node:fs';
import { bodyOf, type Conversation } from '../compare/conversations.ts';
import { createPost, ownBaseUrl } from './post.ts';
import { residentMegabytes } from './resident-memory.ts';

export interface CompareFigures {
  readonly added: readonly number[];
  readonly megabytesOfParent: number;
}

const { BENCH_DIRECT = '', BENCH_CONVERSATIONS = '' } = process.env;
const post = createPost(ownBaseUrl());
const direct = createPost(BENCH_DIRECT);
const added: number[] = [];
for (const conversation of JSON.parse(readFileSync(BENCH_CONVERSATIONS, 'utf8')) as Conversation[])
  for (const [at, end] of conversation.ends.entries()) {
    const body = Buffer.from(JSON.stringify(bodyOf(conversation, end)));
    if (conversation.group !== 'sessions') {
      await post(body);
      continue;
    }
    const ways = at % 2 === 0 ? [direct, post] : [post, direct];
    const times = new Map<unknown, number>();
    for (const way of ways) times.set(way, (await way(body)).last);
    added.push((times.get(post) ?? 0) - (times.get(direct) ?? 0));
  }
process.stdout.write(JSON.stringify({ added, megabytesOfParent: residentMegabytes(process.ppid) } satisfies CompareFigures));
process.exit(0);
