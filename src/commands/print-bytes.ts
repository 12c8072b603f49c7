/** Writes to stdout what a command was asked for, and nothing else. */

/** Resolves when it is written. A reader that has seen enough, such as `head`, is no error. */
export async function printBytes(bytes: Uint8Array | string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? resolve() : reject(error)));
    process.stdout.write(bytes, () => resolve());
  });
}
