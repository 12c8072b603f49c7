/** How long a key takes to come back on the screen: bare and through the relay, with nothing else to do and while big bodies are shrunk. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type OuterTerminal, openTerminal } from '../../test/helpers/outer-terminal.ts';
import { createPlace, type Program, programCommand, startProgram } from './place.ts';
import { differences, milliseconds, printTable, quantiles } from './statistics.ts';

const slices = 6;
const keysPerSlice = 50;
const pauseMs = 12;

export async function benchKeystrokes(): Promise<void> {
  const upstream = await startProgram(new URL('./programs/upstream.ts', import.meta.url));
  const place = createPlace(programCommand(new URL('./programs/echo-agent.ts', import.meta.url)));
  const environment = place.environment({ ANTHROPIC_BASE_URL: upstream.firstLine });
  const bare = openTerminal(place.agent, [], { environment });
  const relayed = openTerminal(process.execPath, [place.cli, 'wrap', 'claude'], { environment });
  let poster: Program | undefined;
  try {
    await bare.waitFor(' ready');
    await relayed.waitFor(' ready');
    const [, base = ''] = /base (\S+) ready/.exec(relayed.text()) ?? [];
    poster = await startProgram(new URL('./programs/poster.ts', import.meta.url), base);
    print(await measure(bare, relayed, poster));
  } finally {
    for (const terminal of [bare, relayed]) terminal.type('\u0004');
    await Promise.all([bare.ended, relayed.ended, poster?.close()]);
    place.close();
    await upstream.close();
  }
}

interface Figures {
  readonly idle: Keys;
  readonly loaded: Keys;
  /** Milliseconds that each body of 2 MB took. */
  readonly bodies: number[];
}

/** Milliseconds until the key was back. */
interface Keys {
  readonly bare: number[];
  readonly relayed: number[];
}

async function measure(bare: OuterTerminal, relayed: OuterTerminal, { child }: Program): Promise<Figures> {
  const figures: Figures = { idle: { bare: [], relayed: [] }, loaded: { bare: [], relayed: [] }, bodies: [] };
  let told = (_: 'idle') => {};
  child.on('message', (message) => (message === 'idle' ? told(message) : figures.bodies.push(Number(message))));
  const type = async ({ bare: toBare, relayed: toRelayed }: Keys) => {
    for (let key = 0; key < keysPerSlice; key += 1) {
      toBare.push(await press(bare, key));
      toRelayed.push(await press(relayed, key));
      await sleep(pauseMs);
    }
  };
  await type({ bare: [], relayed: [] });
  for (let slice = 0; slice < slices; slice += 1) {
    await type(figures.idle);
    const stopped = new Promise<'idle'>((resolve) => (told = resolve));
    child.send(true);
    // By now the body is in the proxy.
    await sleep(100);
    await type(figures.loaded);
    child.send(false);
    await stopped;
  }
  return figures;
}

async function press(terminal: OuterTerminal, key: number): Promise<number> {
  const letter = String.fromCharCode(97 + (key % 26));
  const from = terminal.output().length;
  const began = performance.now();
  terminal.type(letter);
  await terminal.waitFor(letter, from);
  return performance.now() - began;
}

function print({ idle, loaded, bodies }: Figures): void {
  const row = (title: string, { bare, relayed }: Keys) => [
    title,
    String(bare.length),
    ...[bare, relayed, differences(bare, relayed)].flatMap((values) => milliseconds(quantiles(values))),
  ];
  printTable(
    'Keystrokes, ms: from a key typed into a terminal to its echo by a stand-in agent, bare and under `headroom wrap claude`, key by key in\n' +
      'turn. Loaded: meanwhile the same launch shrinks bodies of 2 MB that it has never seen, one after the other; the bare agent has the same\n' +
      'busy machine. "Added" is the difference from key to key.',
    [['', 'keys', 'bare', 'p95', 'p99', 'relayed', 'p95', 'p99', 'added p50', 'p95', 'p99'], row('idle', idle), row('loaded', loaded)],
  );
  console.log(`\n  ${bodies.length} bodies of 2 MB were shrunk meanwhile, ${quantiles(bodies).p50.toFixed(0)} ms each at the median`);
}
