/** A proxy on loopback with the real protocol and the real pipeline, and everything it told its owner. */

import type { Pipeline, Skip } from '../../src/pipeline/pipeline.ts';
import { protocols } from '../../src/protocols/index.ts';
import type { ExchangeRecord, ProxySettings } from '../../src/proxy/records.ts';
import { type ProxyParts, startProxy } from '../../src/proxy/server.ts';
import { createTestPipeline } from './loopback-pipeline.ts';
import { secret, settingsFor } from './loopback-settings.ts';

export interface LoopbackProxy {
  readonly port: number;
  /** With the secret, no trailing slash. */
  readonly address: string;
  readonly records: readonly ExchangeRecord[];
  readonly skips: readonly Skip[];
  readonly pipeline: Pipeline;
  /** The record with that number, as soon as it is there. */
  record(index: number): Promise<ExchangeRecord>;
  drain(): Promise<void>;
  running(): number;
  close(): Promise<void>;
}

export async function startTestProxy(
  upstream: string,
  changes: Partial<ProxySettings> = {},
  parts: Partial<ProxyParts> = {},
): Promise<LoopbackProxy> {
  const records: ExchangeRecord[] = [];
  const skips: Skip[] = [];
  const waiting: { index: number; resolve: (record: ExchangeRecord) => void }[] = [];
  const pipeline = createTestPipeline(changes.skips);
  const proxy = await startProxy(settingsFor(upstream, changes), {
    protocols,
    createPipeline: () => pipeline,
    onRecord: (record) => {
      records.push(record);
      for (const { index, resolve } of waiting) if (records[index]) resolve(records[index]);
    },
    onSkip: (notices) => skips.push(...notices),
    ...parts,
  });
  return {
    port: proxy.port,
    address: `http://127.0.0.1:${proxy.port}/${secret}`,
    records,
    skips,
    pipeline,
    record: (index) => new Promise((resolve) => (records[index] ? resolve(records[index]) : waiting.push({ index, resolve }))),
    drain: proxy.drain,
    running: proxy.running,
    close: proxy.close,
  };
}
