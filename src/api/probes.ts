/** `/livez`, `/readyz` and `/health`: whether it runs and takes requests, for whoever watches over it, and for clients that ask first. */
import { json, type Reply } from './reply.ts';

export interface Probed {
  readonly version: string;
  readonly isReady: boolean;
  /** Seconds since it was made. */
  readonly uptime: number;
  readonly now: Date;
  /** Absent where there is none, and where it is well. */
  readonly missing?: { readonly shared_store: string };
  /** Absent for those who showed nothing. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** By path; asked by GET. The fields are those of the Python original. */
export const probes: Readonly<Record<string, (probed: Probed) => Reply>> = {
  '/livez': (probed) => json(200, { ...head(probed, true), alive: true }),
  '/readyz': (probed) => json(probed.isReady ? 200 : 503, { ...head(probed, probed.isReady), ready: probed.isReady, ...probed.missing }),
  '/health': (probed) => {
    const { isReady: ready, config, missing } = probed;
    return json(200, { ...head(probed, ready), ready, ...missing, ...(config === undefined ? {} : { config }) });
  },
};

function head({ version, uptime, now, missing }: Probed, isWell: boolean): object {
  const status = isWell ? 'healthy' : 'unhealthy';
  return {
    ...{ service: 'headroom-proxy', status: isWell && missing ? 'degraded' : status, version },
    ...{ timestamp: now.toISOString(), uptime_seconds: Math.round(uptime * 1000) / 1000 },
  };
}
