/** The agent that posts 500 bodies of 1 MB and looks at the memory of the process that started it. Prints its figures as JSON. */
import { createSession } from '../session.ts';
import { createPost, ownBaseUrl } from './post.ts';
import { residentMegabytes } from './resident-memory.ts';

export interface MemoryFigures {
  readonly bodies: number;
  /** Conversations begun so far. */
  readonly conversations: number;
  /** Resident memory in MB. */
  readonly megabytes: number;
}

const bodies = 500;
/** Every so many bodies a new conversation begins; in between the present one grows. */
const turns = 5;
const step = 50;

const post = createPost(ownBaseUrl());
const figures: MemoryFigures[] = [{ bodies: 0, conversations: 0, megabytes: residentMegabytes(process.ppid) }];
let session = createSession(1, 1024 * 1024, 150);
for (let sent = 0; sent < bodies; ) {
  if (sent % turns === 0) session = createSession(1 + sent, 1024 * 1024, 150);
  else session.addCall(4096);
  await post(session.body());
  sent += 1;
  if (sent % step === 0) figures.push({ bodies: sent, conversations: Math.ceil(sent / turns), megabytes: residentMegabytes(process.ppid) });
}
process.stdout.write(JSON.stringify(figures));
process.exit(0);
