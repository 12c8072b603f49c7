/** `/livez`, `/readyz` and `/health`: whether it runs and takes requests, for whoever watches over it, and for clients that ask first. */
import { json, type Reply } from './reply.ts';

export interface Probed {
  readonly version: string;
  readonly isReady: boolean;
  /** Seconds since it was made. */
  readonly uptime: number;
  readonly now: Date;
  /** Absent for those who showed nothing. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** By path; asked by GET. The fields are those of the Python original. */
export const probes: Readonly<Record<string, (probed: Probed) => Reply>> = {
  '/livez': (probed) => json(200, { ...head(probed, true), alive: true }),
  '/readyz': (probed) => json(probed.isReady ? 200 : 503, { ...head(probed, probed.isReady), ready: probed.isReady }),
  '/health': (probed) => {
    const { isReady: ready, config } = probed;
    return json(200, { ...head(probed, ready), ready, ...(config === undefined ? {} : { config }) });
  },
};

function head({ version, uptime, now }: Probed, isWell: boolean): object {
  return {
    ...{ service: 'headroom-proxy', status: isWell ? 'healthy' : 'unhealthy', version },
    ...{ timestamp: now.toISOString(), uptime_seconds: Math.round(uptime * 1000) / 1000 },
  };
}
