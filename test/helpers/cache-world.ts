/**
 * Random schedules of agents, processes, machines and a provider's cache: conversations that grow, fork, rewind and stand still, side by side,
 * while processes die and clocks jump. Everything follows from the seed.
 */
import { createHash } from 'node:crypto';
import { createPipeline } from '../../src/pipeline/create.ts';
import type { Pipeline } from '../../src/pipeline/pipeline.ts';
import { createAnthropicMessages } from '../../src/protocols/anthropic-messages.ts';
import { splice } from '../../src/protocols/splice.ts';
import { createHistories, type Histories } from '../../src/proxy/histories.ts';
import type { ClockReading, DecisionLine, DecisionStore } from '../../src/store/decisions.ts';
import { type Agent, cleared, extend, partsOf, pick, spell, words } from './cache-agents.ts';
import { createDice } from './dice.ts';
import { createProviderCache } from './provider-cache.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly requests: number;
  /** Opens the store that all processes share. */
  readonly openStore: () => DecisionStore;
  /** Adds half a line to a list, as a process does that is killed while it writes. */
  readonly tear: (root: string) => void;
  /** Seconds for which the provider keeps what is past its life. */
  readonly lateness?: number;
}

export interface WorldFigures {
  requests: number;
  /** Tokens. */
  avoidable: number;
  written: number;
  read: number;
  /** Requests that went out smaller, and those at which old results were rewritten. */
  shrunk: number;
  cold: number;
  /** What was rewritten at those, in tokens before and after. */
  coldBefore: number;
  coldAfter: number;
  deaths: number;
  tripped: number;
  /** The first request with an avoidable write, and what had happened before it. */
  first: string | undefined;
}

interface Process {
  histories: Histories;
  pipeline: Pipeline;
  readonly machine: Machine;
  readonly protocol: ReturnType<typeof createAnthropicMessages>;
}

interface Machine {
  readonly host: string;
  offset: number;
  startedAt: number;
}

export async function runWorld({ seed, requests, openStore, tear, lateness = 45 }: WorldOptions): Promise<WorldFigures> {
  const dice = createDice(seed);
  const provider = createProviderCache({ lateness });
  const figures: WorldFigures = {
    ...{ requests: 0, avoidable: 0, written: 0, read: 0, shrunk: 0, cold: 0, coldBefore: 0, coldAfter: 0, deaths: 0, tripped: 0 },
    first: undefined,
  };
  const machines: Machine[] = ['one', 'one', 'two'].map((host) => ({ host, offset: 1_700_000_000, startedAt: -86_400 * (1 + dice(9)) }));
  // Two processes on one machine share its clocks.
  machines[1] = machines[0]!;
  let now = 0;
  let serial = 0;
  // What runs on the last one is of another version, which would decide otherwise, had it to decide.
  const start = (machine: Machine): Process => ({
    machine,
    protocol: createAnthropicMessages(),
    pipeline: createPipeline({
      count: (text) => Math.ceil(text.length / (machine.host === 'two' ? 32 : 4)),
      keep: (text) => ({ path: `/originals/${nameOf(text)}` }),
    }),
    histories: createHistories({
      store: slowly(openStore()),
      readClock: () => read(machine, now),
      isOurs: false,
      allowsCold: true,
    }),
  });
  const processes = machines.map(start);
  let agents: Agent[] = [begin(), begin()];

  while (figures.requests < requests) {
    now += gap();
    upset();
    const [one, other] = [pick(dice, agents), pick(dice, agents)];
    // Now and then two at the same time, in two processes.
    if (dice(12) === 0 && one !== other) await Promise.all([step(one, dice(3)), step(other, dice(3))]);
    else await step(one, dice(6) === 0 ? dice(3) : 0);
  }
  return figures;

  function gap(): number {
    const kind = dice(100);
    if (kind < 85) return 1 + dice(50);
    if (kind < 93) return 250 + dice(200);
    if (kind < 97) return 3500 + dice(400);
    return 4000 + dice(90_000);
  }

  /** What happens to machines, processes and the agents' number. */
  function upset(): void {
    const machine = pick(dice, machines);
    const kind = dice(400);
    if (kind < 3) machine.offset += (dice(2) === 0 ? 1 : -1) * (30 + dice(100_000));
    else if (kind < 5) {
      machine.startedAt = now;
      for (const [at, { machine: own }] of processes.entries()) if (own === machine) processes[at] = start(own);
    } else if (kind < 15) {
      const at = dice(processes.length);
      processes[at] = start(processes[at]!.machine);
      figures.deaths++;
    } else if (kind < 25) agents.push(begin());
    else if (kind < 35) agents.push(fork(pick(dice, agents)));
    if (agents.length > 5) agents = agents.filter((_, at) => at !== 0);
  }

  function begin(): Agent {
    const id = serial++;
    const opening = [{ role: 'user', content: [{ type: 'text', text: `task ${id}: ${words(dice, 60)}` }] }];
    const rest = { model: pick(dice, models), system: 'be kind', life: dice(3) === 0 ? '1h' : '5m', thinks: false, log: [] } as const;
    const agent: Agent = { ...rest, messages: opening, noise: pick(dice, ['none', 'none', 'billing', 'unknown'] as const), log: [] };
    // Some were begun without us.
    if (dice(4) === 0) for (let turns = 1 + dice(6); turns > 0; turns--) bare(agent);
    return agent;
  }

  function fork(agent: Agent): Agent {
    const length = agent.messages.length > 2 ? 1 + 2 * dice(agent.messages.length >> 1) : 1;
    return { ...agent, messages: agent.messages.slice(0, length), log: [...agent.log, `fork at ${length}`] };
  }

  /** A turn that does not pass through us. */
  function bare(agent: Agent): void {
    const body = spell(agent, serial++);
    provider.serve({ model: agent.model, parts: partsOf(body, body, agent.noise) }, now);
    agent.log.push('bare');
    extend(agent, dice, `toolu_${serial++}`);
    now += 1 + dice(30);
  }

  async function step(agent: Agent, which: number): Promise<void> {
    vary(agent);
    await request(agent, which);
    extend(agent, dice, `toolu_${serial++}`);
    if (agent.messages.length > 40) agent.messages = agent.messages.slice(0, 1);
  }

  function vary(agent: Agent): void {
    const kind = dice(100);
    if (kind < 4) {
      agent.model = pick(dice, models);
      agent.log.push(agent.model);
    } else if (kind < 6) {
      agent.system = `be kind ${dice(3)}`;
      agent.log.push(agent.system);
    } else if (kind < 9) agent.thinks = !agent.thinks;
    else if (kind < 12 && agent.messages.length > 6) {
      agent.messages = agent.messages.slice(0, 1 + 2 * dice(agent.messages.length >> 1));
      agent.log.push(`rewind to ${agent.messages.length}`);
    } else if (kind < 14 && agent.messages.length > 8) {
      const at = 2 * (1 + dice((agent.messages.length >> 1) - 2));
      agent.messages = agent.messages.map((message, n) => (n === at ? cleared(message) : message));
      agent.log.push(`clear ${at}`);
    }
  }

  async function request(agent: Agent, which: number): Promise<void> {
    const body = Buffer.from(spell(agent, serial++));
    for (;;) {
      const { histories, pipeline, protocol, machine } = processes[which]!;
      const conversation = protocol.read(body, 'upstream')!;
      if (dice(20) === 0) await histories.rewrite({ conversation, size: body.length, isTurn: false }, pipeline);
      const rewritten = await histories.rewrite({ conversation, size: body.length, isTurn: true }, pipeline);
      const fate = dice(150);
      if (fate < 2) {
        // It dies when the line is there and nothing has left, or when half of it is there; the agent asks the next one again.
        if (fate === 0) tear(rewritten.root);
        processes[which] = start(machine);
        figures.deaths++;
        now += dice(20);
        continue;
      }
      const { blocks } = conversation;
      const sent = splice(
        body,
        [...rewritten.rewriting.replacements].map(([at, text]) => ({ start: blocks[at]!.start, end: blocks[at]!.end, text })),
      );
      const delay = fate < 8 ? 6 + dice(100) : dice(4);
      const served = provider.serve({ model: agent.model, parts: partsOf(body.toString(), sent.toString(), agent.noise) }, now + delay);
      if (delay > 5) now += delay;
      await histories.hear(rewritten);
      count(agent, rewritten.cold, served, sent !== body, which);
      const written =
        agent.life === '1h' ? { cacheWrite5m: 0, cacheWrite1h: served.written } : { cacheWrite5m: served.written, cacheWrite1h: 0 };
      const usage = { model: agent.model, fresh: served.fresh, ...written, cacheRead: served.read, output: 50 };
      if ((await histories.learn(rewritten, usage)) !== undefined) figures.tripped++;
      return;
    }
  }

  function count(
    agent: Agent,
    cold: { why: string; before: number; after: number } | undefined,
    served: { read: number; written: number; avoidable: number },
    isShrunk: boolean,
    which: number,
  ): void {
    figures.requests++;
    figures.read += served.read;
    figures.written += served.written;
    figures.avoidable += served.avoidable;
    if (isShrunk) figures.shrunk++;
    agent.log.push(
      `${Math.round(now)} ${agent.messages.length} by ${which}${cold ? ` cold ${cold.why}` : ''}${served.avoidable > 0 ? ` AVOIDABLE ${served.avoidable}` : ''}`,
    );
    if (served.avoidable > 0)
      figures.first ??= `seed ${seed}, request ${figures.requests}, ${agent.noise}: ${agent.log.slice(-30).join(', ')}`;
    if (!cold) return;
    figures.cold++;
    figures.coldBefore += cold.before;
    figures.coldAfter += cold.after;
  }
}

const models = ['claude-opus-4-8', 'claude-sonnet-5'];
function read({ host, offset, startedAt }: Machine, now: number): ClockReading {
  return { time: (now + offset) * 1000, up: now - startedAt, host };
}

/** A store that others can get in before at any time. */
function slowly(store: DecisionStore): DecisionStore {
  const moment = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    read: async (root, after) => {
      await moment();
      return store.read(root, after);
    },
    append: async (root, line: DecisionLine, after) => {
      await moment();
      return store.append(root, line, after);
    },
  };
}

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
