/** A machine with a small ledger on which `headroom dashboard` runs. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { type LedgerBlock, openLedger } from '../../src/store/ledger.ts';
import { cacheParts } from '../../src/store/place.ts';
import { createMachine, type Ended, type Machine } from './launches.ts';
import { ledgerLine } from './ledger-line.ts';
import { send } from './loopback-client.ts';

export interface Dashboard {
  readonly machine: Machine;
  readonly folders: ReturnType<typeof cacheParts>;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly address: string;
  readonly port: number;
  /** The JSON behind the secret path. */
  ask<Value>(path: string): Promise<Value>;
  /** Kills what still runs. */
  remove(): Promise<void>;
}

/** Of the second request. */
export const listedBlocks: readonly LedgerBlock[] = [
  { tool: 'Read', kind: 'numbered-lines', form: 'invertible', before: 1100, after: 600, levers: { 'line numbers': 500 } },
];

/** Two requests of two agents, and one that only counted. */
export async function startDashboard(): Promise<Dashboard> {
  const machine = createMachine();
  const folders = cacheParts(join(machine.home, '.cache', 'headroom'));
  const ledger = openLedger(folders.ledger);
  ledger.append(ledgerLine());
  const other = { agent: 'codex', model: 'gpt-5', project: { name: 'other', id: '1' } };
  ledger.append(ledgerLine({ time: '2026-11-23T10:00:00.000Z', ...other, blocks: listedBlocks }));
  ledger.append(ledgerLine({ kind: 'count' }));
  ledger.close();
  const { child, ended } = machine.start(['dashboard', '--no-open']);
  const address = await addressOf(child, ended);
  return {
    ...{ machine, folders, child, ended, address, port: Number(new URL(address).port) },
    ask: async <Value>(path: string) => JSON.parse((await send(address + path)).body.toString()) as Value,
    remove: async () => {
      machine.remove();
      await ended;
    },
  };
}

/** What it prints first of all. */
export function addressOf(child: ChildProcess, ended: Promise<Ended>): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim()));
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
}
