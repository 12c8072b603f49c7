/** Bytes to a port, and all that comes back until the other side closes or a while has passed. */
import { connect } from 'node:net';

const patienceMs = 700;

export function shout(port: number, text: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text));
    const late = setTimeout(() => socket.destroy(), patienceMs);
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
    });
    socket
      .on('error', () => {})
      .on('close', () => {
        clearTimeout(late);
        resolve(got);
      });
  });
}
