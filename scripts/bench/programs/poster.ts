/** While told to, posts bodies of 2 MB one after the other, each a conversation nobody has seen. Its argument is the base URL; it tells the time each took. */
import { createSession } from '../session.ts';
import { createPost } from './post.ts';

const post = createPost(process.argv[2] ?? '');
const body = createSession(2_000_000, 2 * 1024 * 1024, 300).body();
// Every chain key hangs on the first words, so that other digits make everything new.
const digits = body.indexOf('Task 2000000') + 'Task '.length;
let isWanted = false;
let sent = 0;

async function work(): Promise<void> {
  while (isWanted) {
    sent += 1;
    body.write(String(2_000_000 + sent), digits);
    const { last } = await post(body);
    process.send?.(last);
  }
  process.send?.('idle');
}

process.on('message', (isGo) => {
  isWanted = isGo === true;
  if (isWanted) void work();
});
process.once('disconnect', () => process.exit(0));
console.log('ready');
