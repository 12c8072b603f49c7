/** This project, as it is built: `headroom wrap claude` around the agent of the comparison. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createPlace, type Place, programCommand, runWrapped } from '../place.ts';
import type { Profile } from '../profiles.ts';
import { sendByWire } from './by-wire.ts';
import { bytesOnDisk } from './bytes-on-disk.ts';
import type { Contender } from './contender.ts';
import type { Recorder } from './recorder.ts';

export function ours(profile: Profile, version: string, recorder: Recorder): Contender {
  return {
    name: `ours, ${profile}`,
    short: profile,
    version,
    run: async (conversations) => {
      const started = await measureStart(profile, recorder);
      const place = createPlace(programCommand(new URL('../programs/compare-agent.ts', import.meta.url)));
      try {
        const run = (more: Readonly<Record<string, string>>) => runWrapped(place, environment(profile, recorder, more));
        const { sent, added, megabytesOfParent } = await sendByWire(conversations, recorder, run);
        return { sent, added, started, resident: megabytesOfParent, installed: installedBytes(place) };
      } finally {
        place.close();
      }
    },
  };
}

function environment(profile: Profile, { url }: Recorder, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ANTHROPIC_BASE_URL: url, HEADROOM_PROFILE: profile, ...more };
}

const starts = 5;

/** The median of some starts, from the spawn of our command to the answer that the smallest agent there is got through us. */
async function measureStart(profile: Profile, recorder: Recorder): Promise<number> {
  const base = `sed -n 's/.*"ANTHROPIC_BASE_URL" *: *"\\([^"]*\\)".*/\\1/p' "$2"`;
  const request = `{"model":"claude-opus-4-6","max_tokens":9,"messages":[{"role":"user","content":"hello"}]}`;
  const place = createPlace(
    `curl -s -o /dev/null -w answered -H 'content-type: application/json' -d '${request}' "$(${base})/v1/messages"`,
  );
  const times: number[] = [];
  try {
    for (let start = 0; start < starts; start++) times.push(await timeOne(place, environment(profile, recorder)));
  } finally {
    place.close();
  }
  return times.sort((one, other) => one - other)[starts >> 1]!;
}

function timeOne(place: Place, more: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [place.cli, 'wrap', 'claude'], {
      env: place.environment(more),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let time: number | undefined;
    child.stdout.once('data', (said: Buffer) => {
      if (said.toString().includes('answered')) time = performance.now() - began;
    });
    child.once('error', reject);
    child.once('close', () => (time === undefined ? reject(new Error('no answer came through our own command')) : resolve(time)));
  });
}

/** The built command and the one package that is installed with it. */
function installedBytes({ cli }: Place): number {
  const modules = join(import.meta.dirname, '..', '..', '..', 'node_modules');
  const terminal = [join(modules, 'node-pty'), join(modules, '@lydell', `node-pty-${process.platform}-${process.arch}`)];
  return [join(cli, '..'), ...terminal].filter((path) => existsSync(path)).reduce((sum, path) => sum + bytesOnDisk(path), 0);
}
