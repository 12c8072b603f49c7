/** How much later an agent starts with us: from the spawn of its command to its first output, in a pipe and in a terminal. */
import { spawn } from 'node:child_process';
import { openTerminal } from '../../test/helpers/outer-terminal.ts';
import { createPlace, type Place } from './place.ts';
import { differences, printTable, quantiles } from './statistics.ts';

/** The bar: median, in a terminal and in a pipe. */
const mostAddedMs = 150;
const rounds = 20;
const warmUps = 2;

export async function benchStartup(): Promise<void> {
  // The first instruction of the smallest program there is: the shell's own echo.
  const place = createPlace('echo started');
  const node = process.execPath;
  const ways: Readonly<Record<string, () => Promise<number>>> = {
    'node alone': () => inPipe(place, node, ['-e', 'console.log("started")']),
    'bare, pipe': () => inPipe(place, place.agent, []),
    'wrapped, pipe': () => inPipe(place, node, [place.cli, 'wrap', 'claude']),
    'bare, terminal': () => inTerminal(place, place.agent, []),
    'wrapped, terminal': () => inTerminal(place, node, [place.cli, 'wrap', 'claude']),
  };
  const names = Object.keys(ways);
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  try {
    for (let round = -warmUps; round < rounds; round += 1)
      for (let turn = 0; turn < names.length; turn += 1) {
        const name = names[(turn + round + warmUps) % names.length]!;
        const time = await ways[name]!();
        if (round >= 0) times[name]!.push(time);
      }
  } finally {
    place.close();
  }
  print(times);
}

function print(times: Readonly<Record<string, readonly number[]>>): void {
  const of = (name: string) => times[name] ?? [];
  printTable(
    `Start-up, ms: from the spawn of a command to the first output of a stand-in agent (a shell that says one word), ${rounds} rounds, all in turn.\n` +
      'Wrapped is `node cli.js wrap claude`, so it includes Node itself, which alone takes as long as the first row says.',
    [
      ['', 'median', 'fastest', 'slowest'],
      ...Object.entries(times).map(([name, list]) => [
        name,
        ...[quantiles(list).p50, Math.min(...list), Math.max(...list)].map((value) => value.toFixed(0)),
      ]),
    ],
  );
  for (const where of ['pipe', 'terminal']) {
    const { p50 } = quantiles(differences(of(`bare, ${where}`), of(`wrapped, ${where}`)));
    const verdict = p50 <= mostAddedMs ? 'met' : 'MISSED';
    console.log(
      `${where === 'pipe' ? '\n' : ''}  in a ${where} the agent starts ${p50.toFixed(0)} ms later at the median; bar ${mostAddedMs} ms: ${verdict}`,
    );
  }
}

function inPipe(place: Place, command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { env: place.environment({ ANTHROPIC_BASE_URL: nowhere }), stdio: ['ignore', 'pipe', 'inherit'] });
    let time: number | undefined;
    child.on('error', reject);
    child.stdout.once('data', () => {
      time = performance.now() - began;
    });
    // Only then is the machine free for the next.
    child.once('close', () => (time === undefined ? reject(new Error(`${command} said nothing`)) : resolve(time)));
  });
}

async function inTerminal(place: Place, command: string, args: readonly string[]): Promise<number> {
  const began = performance.now();
  const terminal = openTerminal(command, args, { environment: place.environment({ ANTHROPIC_BASE_URL: nowhere }) });
  await terminal.waitFor('started');
  const time = performance.now() - began;
  await terminal.ended;
  return time;
}

/** Nobody listens there, and nothing is sent. */
const nowhere = 'http://127.0.0.1:9';
