/** Puts together what a proxy knows of conversations beyond its process, from its settings. */
import { hostname, uptime } from 'node:os';
import type { StepByStep } from '../library/step-by-step.ts';
import { margin } from '../pipeline/certainty.ts';
import { openDecisions } from '../store/decision-files.ts';
import type { ClockReading, DecisionStore } from '../store/decisions.ts';
import { createHistories, type Histories } from './histories.ts';
import type { ProxySettings } from './records.ts';

export interface HistorySources {
  readonly decisions?: DecisionStore | undefined;
  readonly readClock?: (() => ClockReading) | undefined;
  readonly stepByStep: StepByStep;
}

/** Undefined where nothing is recorded: who changes nothing decides nothing. */
export function openHistories(
  settings: ProxySettings,
  { decisions, readClock = readMachine, stepByStep }: HistorySources,
): Histories | undefined {
  const store = decisions ?? (settings.decisions && openDecisions(settings.decisions.folder));
  if (settings.mode !== 'shrink' || !store) return undefined;
  const { isOurs = true, rewritesCold = true, cacheLife, profile, originals } = settings;
  // Who cannot open an original is not left with a part of it.
  const allowsCold = rewritesCold && profile === 'standard' && originals !== undefined;
  const life = cacheLife === undefined ? undefined : cacheLife - margin;
  return createHistories({ store, readClock, stepByStep, isOurs, allowsCold, cacheLife: life });
}

function readMachine(): ClockReading {
  return { time: Date.now(), up: uptime(), host };
}

const host = hostname();
