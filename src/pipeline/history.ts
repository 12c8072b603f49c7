/**
 * What is known of all conversations with one root, made from the lines of the decision store in their order: which requests were sent, what
 * their results became, and when the provider's cache was used. Pure; every process that reads the same lines knows the same.
 */
import type { ClockReading, DecisionLine, RecordedDecision } from '../store/decisions.ts';
import { type CacheUse, hasExpired, mergeUses } from './certainty.ts';
import { type Decision, type Form, leave } from './decision.ts';

/** What the provider's cache may hold for some scopes: within it nothing that was sent is ever sent otherwise. */
export interface Era {
  readonly name: string;
  /** By the messages' key. */
  readonly decided: Map<string, Decision>;
  /** The messages' keys of the last blocks of requests. */
  readonly sent: Set<string>;
  latest: string | undefined;
  /** The latest use, by machine and life. */
  readonly uses: Map<string, CacheUse>;
  /** True where something was written for nobody knows how long. */
  isForever: boolean;
  /** What replies reported beyond what requests ask for. */
  longerLife: number;
  isBorneOut: boolean;
}

export interface History {
  readonly eras: Map<string, Era>;
  readonly scopes: Map<string, { era: Era; requests: number }>;
  /** The scope of the latest request. */
  latest: string | undefined;
  /** How often a lever has made the provider write again what it had. */
  readonly trips: Map<string, number>;
  /** Lines of the store so far. */
  lines: number;
  /** UTF-16 units of text. */
  weight: number;
}

export function createHistory(): History {
  return { eras: new Map(), scopes: new Map(), latest: undefined, trips: new Map(), lines: 0, weight: 0 };
}

/** Applies the store's next line, learned now. Gives whether what it decides holds: not where it was made without knowing the lines before it. */
export function apply(history: History, line: DecisionLine, now: ClockReading): boolean {
  const holds = line.base === undefined || line.base === history.lines;
  history.lines++;
  if (holds) take(history, line, now);
  else if (line.used) {
    const era = history.eras.get(line.era);
    // It may have been sent all the same.
    if (era) addUse(era, line.used, now);
  }
  return holds;
}

/** What a line says; the first decision for a key in an era stands. */
export function take(history: History, line: DecisionLine, now: ClockReading): void {
  const era = history.eras.get(line.era) ?? begin(history, line);
  const known = history.scopes.get(line.scope);
  const scope = known ?? { era, requests: 0 };
  if (!known) history.scopes.set(line.scope, scope);
  for (const each of line.decided ?? []) if (!era.decided.has(each.key)) remember(history, era, each);
  for (const key of line.takenBack ?? []) era.decided.set(key, leave('taken back', 0));
  if (line.used) addUse(era, line.used, now);
  if (line.sent !== undefined) {
    // One that is asked again, as after an overload, says no more of what changes from request to request.
    if (!era.sent.has(line.sent)) scope.requests++;
    era.sent.add(line.sent);
    era.latest = line.sent;
    history.latest = line.scope;
    history.weight += 200;
  }
  if (line.isBorneOut) era.isBorneOut = true;
  if (line.longerLife !== undefined) era.longerLife = Math.max(era.longerLife, line.longerLife);
  if (line.tripped !== undefined) history.trips.set(line.tripped, (history.trips.get(line.tripped) ?? 0) + 1);
}

/** Whether everything that the provider may have held for an era has certainly expired. Unknown means: no. */
export function isCold(era: Era, now: ClockReading): boolean {
  if (era.isForever || era.uses.size === 0) return false;
  // What was written for long is renewed for as long by whoever reads it, whatever life that request asks for itself.
  const longest = Math.max(era.longerLife, ...[...era.uses.values()].map(({ life }) => life));
  for (const use of era.uses.values()) {
    // Who keeps for a day bills no writes; of others it must be known that they keep anything by these rules.
    if (use.life < day && !era.isBorneOut) return false;
    if (!hasExpired({ ...use, life: longest }, now)) return false;
  }
  return true;
}

const day = 86_400;

/** How a decision stands in the store. */
export function toRecord(key: string, decision: Decision): RecordedDecision {
  const { replacement, form, reason, kind, levers, tokensBefore: before, tokensAfter: after, original } = decision;
  const own = { ...(replacement === undefined ? {} : { text: replacement }), ...(form ? { form } : {}), ...(original ? { original } : {}) };
  return { key, ...own, reason, kind, levers, before, after };
}

function begin(history: History, { era: name, instead }: DecisionLine): Era {
  const era: Era = {
    ...{ name, decided: new Map(), sent: new Set<string>(), latest: undefined, uses: new Map() },
    ...{ isForever: false, longerLife: Number.NEGATIVE_INFINITY, isBorneOut: false },
  };
  history.eras.set(name, era);
  for (const scope of history.scopes.values()) if (scope.era.name === instead) scope.era = era;
  const old = instead === undefined ? undefined : history.eras.get(instead);
  // Nothing of it is ever sent again.
  if (old) for (const { replacement } of old.decided.values()) history.weight -= replacement?.length ?? 0;
  old?.decided.clear();
  return era;
}

function remember(history: History, era: Era, { key, text, form, reason, kind, levers, before, after, original }: RecordedDecision): void {
  const tokens = { tokensBefore: before, tokensAfter: after };
  era.decided.set(key, { replacement: text, form: form as Form | undefined, reason, kind, levers, ...tokens, sources: [], original });
  history.weight += (text?.length ?? 0) + 400;
}

function addUse(era: Era, { life, ...reading }: NonNullable<DecisionLine['used']>, learned: ClockReading): void {
  if (life === null) {
    era.isForever = true;
    return;
  }
  const use = { ...reading, life, learned };
  const name = `${life} ${reading.host}`;
  const before = era.uses.get(name);
  era.uses.set(name, before ? mergeUses(before, use) : use);
}
