/** The agent that gives back every key it is sent. First it says where its requests would go. */
import { ownBaseUrl } from './post.ts';

process.stdin.setRawMode(true).on('data', (bytes: Buffer) => {
  if (bytes.includes(4)) process.exit(0);
  process.stdout.write(bytes);
});
process.stdout.write(`base ${ownBaseUrl()} ready\r\n`);
