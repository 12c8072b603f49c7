/** What everyone is compared on: the showcase workloads, recorded outputs by kind, recorded sessions, and big results with facts planted in them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Session, sessions } from '../../../test/helpers/corpus.ts';
import { recordedOutputs } from '../recorded-outputs.ts';
import { readWorkloads } from '../workloads.ts';
import { type Conversation, conversationOf, conversationOfSession, type Result } from './conversations.ts';
import { type PlantedFact, plantFacts } from './planted-facts.ts';

export interface Inputs {
  readonly conversations: readonly Conversation[];
  /** By the name of the conversation and the number of the result in it. */
  readonly planted: ReadonlyMap<string, readonly (readonly PlantedFact[])[]>;
}

/** Bytes: a bigger output is left out, so that nobody's time limit is met; a smaller one has no facts planted. */
const most = 100_000;
const leastPlanted = 8_000;
/** Recorded sessions of Claude Code, of this many requests, whose context is never begun anew; every n-th of them. */
const sessionRequests = { least: 15, most: 60 };
const sampledSessions = 6;
/** Where facts are not looked for: files, pages and prose are read, not searched for failures. */
const unplanted = /^(code_files|html|prose_docs|diffs)$/;

export function makeInputs(corpus: string, workloads: string): Inputs {
  const showcase = readWorkloads(workloads)
    .filter(({ seed }) => seed === 'own')
    .map(({ name, messages }): [string, Result[]] => {
      return [name, messages.map(({ tool, content }) => ({ call: { tool, input: {} }, text: content }))];
    });
  const outputs = new Map<string, Result[]>();
  for (const { kind, call, text } of recordedOutputs(corpus))
    if (text.length <= most) outputs.set(kind, [...(outputs.get(kind) ?? []), { call, text }]);
  const planted = new Map<string, PlantedFact[][]>();
  const withFacts = [...showcase, ...outputs].flatMap(([name, results]) => {
    if (unplanted.test(name)) return [];
    const found = results.flatMap(({ call, text }, at) => {
      const made = text.length < leastPlanted ? undefined : plantFacts(text, planted.size * 50 + at);
      return made ? [{ call, ...made }] : [];
    });
    if (found.length === 0) return [];
    planted.set(
      `planted in ${name}`,
      found.map(({ facts }) => [...facts]),
    );
    return [conversationOf('planted', `planted in ${name}`, found)];
  });
  return {
    conversations: [
      ...showcase.map(([name, results]) => conversationOf('workloads', name, results)),
      ...[...outputs].map(([name, results]) => conversationOf('outputs', name, results)),
      ...sampleSessions(corpus),
      ...withFacts,
    ],
    planted,
  };
}

function sampleSessions(corpus: string): Conversation[] {
  const fitting = [...sessions(corpus)].filter(({ agent, requests }) => {
    const isWhole = requests.every(({ context_start }) => context_start === 0);
    return agent === 'Claude Code' && isWhole && requests.length >= sessionRequests.least && requests.length <= sessionRequests.most;
  });
  const step = Math.max(1, Math.floor(fitting.length / sampledSessions));
  return fitting
    .filter((_, at) => at % step === 0)
    .slice(0, sampledSessions)
    .map((session) => conversationOfSession(session, timesOf(corpus, session)));
}

function timesOf(corpus: string, { id }: Session): number[] {
  const { requests } = JSON.parse(readFileSync(join(corpus, 'sessions', `${id}.json`), 'utf8')) as { requests: { timestamp: string }[] };
  return requests.map(({ timestamp }) => Date.parse(timestamp));
}
