/** Figures that several replicas sum up in the store they share, so that each can tell the whole. Spelled as names and numbers; the latest requests stay here. */
import { randomBytes } from 'node:crypto';
import type { SharedStore, Totals } from '../store/shared-store.ts';
import { createFigures, type Figures } from './figures.ts';

export interface SharedFigures {
  /** Adds what is new here to the store, soon; what cannot go now goes when it is back. */
  push(): void;
  /** Fulfilled when there is nothing left to add, or it cannot go. */
  settle(): Promise<void>;
  /** Those of all replicas; where the store is away, as it was last and what is new here. */
  read(): Promise<Figures>;
}

export function shareFigures(own: Figures, store: SharedStore): SharedFigures {
  let told: Totals = {};
  let everybodys: Totals = {};
  let batch: { readonly id: string; readonly totals: Totals; readonly after: Totals } | undefined;
  let running: Promise<void> | undefined;
  const add = async (): Promise<void> => {
    for (;;) {
      const now = spell(own);
      const totals = batch ? undefined : without(now, told);
      if (totals && Object.keys(totals).length === 0) return;
      batch ??= { id: randomBytes(8).toString('hex'), totals: totals!, after: now };
      await store.addTotals(batch.id, batch.totals);
      everybodys = together(everybodys, batch.totals);
      told = batch.after;
      batch = undefined;
    }
  };
  const settle = (): Promise<void> => {
    running ??= add()
      .catch(() => {})
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  store.decisions.whenBack?.(() => void settle());
  return {
    push: () => void settle(),
    settle,
    read: async () => {
      await settle();
      everybodys = await store.readTotals().catch(() => everybodys);
      return { ...read(together(everybodys, without(spell(own), told))), recent: own.recent, retrieved: own.retrieved };
    },
  };
}

const parts = ['usage', 'latency', 'overhead', 'compressions'] as const;
const counts = ['byProvider', 'byModel', 'failedByProvider'] as const;
const plain = ['requests', 'failed', 'input', 'saved', 'retrievals'] as const;

function spell(figures: Figures): Totals {
  const of = (name: string, values: object) => Object.entries(values).map(([each, value]) => [`${name}${each}`, value as number] as const);
  const all = [
    ...plain.map((name) => [name, figures[name]] as const),
    ...parts.flatMap((name) => of(`${name}.`, figures[name])),
    ...counts.flatMap((name) => of(`${name}:`, Object.fromEntries(figures[name]))),
  ];
  // Of no request there is no least.
  const isCounted = (name: string) => !isBound(name) || figures[name.startsWith('latency') ? 'latency' : 'overhead'].count > 0;
  return Object.fromEntries(all.filter(([name]) => isCounted(name)));
}

function read(totals: Totals): Figures {
  const figures = createFigures();
  for (const name of plain) figures[name] = totals[name] ?? 0;
  for (const [name, value] of Object.entries(totals)) {
    const [, word, sign, member = ''] = /^([a-z]+)([.:])(.*)$/is.exec(name) ?? [];
    const part = parts.find((each) => each === word);
    const count = counts.find((each) => each === word);
    if (sign === '.' && part) Object.assign(figures[part], { [member]: value });
    if (sign === ':' && count) figures[count].set(member, value);
  }
  return figures;
}

function isBound(name: string): boolean {
  return /^[a-z]+\.(?:least|most)$/.test(name);
}

function without(totals: Totals, earlier: Totals): Totals {
  const left = Object.entries(totals).map(([name, value]) => [name, isBound(name) ? value : value - (earlier[name] ?? 0)] as const);
  const news = left.filter(([name, value]) => (isBound(name) ? value !== earlier[name] : value !== 0));
  return Object.fromEntries(news);
}

function together(totals: Totals, added: Totals): Totals {
  const sums = Object.entries(added).map(([name, value]) => {
    const known = totals[name];
    if (!isBound(name)) return [name, (known ?? 0) + value] as const;
    const choose = name.endsWith('least') ? Math.min : Math.max;
    return [name, known === undefined ? value : choose(known, value)] as const;
  });
  return { ...totals, ...Object.fromEntries(sums) };
}
