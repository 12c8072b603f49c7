/** Streamed replies of every protocol, made of the recorded events, in the spellings that server-sent events allow. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Usage } from '../../src/block.ts';
import { pathFor } from './part.ts';

export interface Stream {
  readonly name: string;
  readonly path: string;
  readonly bytes: Buffer;
  readonly usage: Usage | undefined;
}

const folder = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'protocols');

/** Lines end in LF, CRLF or CR; between the events stand comments, unknown events and fields, and text of one to four bytes a character. */
export function streams(): readonly Stream[] {
  return readdirSync(folder).flatMap((protocol) => {
    const path = pathFor(protocol);
    if (!path) return [];
    const files = readdirSync(join(folder, protocol)).filter((name) => name.endsWith('.events.json'));
    return files.flatMap((file) => {
      const read = (name: string) => JSON.parse(readFileSync(join(folder, protocol, name), 'utf8')) as unknown;
      const events = read(file) as Readonly<Record<string, unknown>>[];
      const usage = (read(file.replace('.events.', '.usage.')) ?? undefined) as Usage | undefined;
      return Object.entries(lineEnds).map(([spelling, end]) => {
        const name = `${protocol}/${file.replace('.events.json', '')}, ${spelling}`;
        return { name, path, bytes: Buffer.from(spell(events, protocol).replaceAll('\n', end)), usage };
      });
    });
  });
}

const lineEnds = { LF: '\n', CRLF: '\r\n', CR: '\r' };
/** What gateways put in, and what an API may send one day. */
const extras = [
  ': ping — Größe 世界 👩‍💻',
  'event: not_known_yet\ndata: {"type":"not_known_yet","text":"é😀"}',
  'id: 7\nretry: 1000\ndata: {"type":"ping"}',
];

function spell(events: readonly Readonly<Record<string, unknown>>[], protocol: string): string {
  const named = protocol !== 'openai-chat';
  const written = events.map(
    (event) => `${named && typeof event.type === 'string' ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}`,
  );
  const mixed = written.flatMap((event, at) => (at < extras.length ? [event, extras[at]!] : [event]));
  return [...mixed, ...(named ? [] : ['data: [DONE]'])].map((event) => `${event}\n\n`).join('');
}
