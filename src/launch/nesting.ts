/** A launch inside a launch: how it is told, and what a dead one leaves in the environment. */

type Environment = Readonly<Record<string, string | undefined>>;

/** Set for the agent: the id of the launch it runs in. */
export const launchVariable = 'HEADROOM_LAUNCH';

/** Whether a base URL is a launch's own address: loopback and 128 bits of path, which nobody else has. */
export function isLaunchAddress(url: string | undefined): boolean {
  return /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}(?:\/|$)/.test(url ?? '');
}

/** Some agents take their whole configuration from a variable, and the address stands somewhere in it. */
function holdsLaunchAddress(value: string | undefined): boolean {
  return /\bhttp:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}(?![0-9a-f])/.test(value ?? '');
}

/**
 * The environment without what a launch that is over left in it: something it started, such as a tmux server, may outlive it, and
 * every agent below would be sent to an address at which nobody listens.
 */
export function forgetLaunch(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name, value]) => name !== launchVariable && !holdsLaunchAddress(value)));
}

/** Taken from the agent's environment: they are for this launch, and one inside it would write over its files or go past its proxy. */
export const variablesOfOneLaunch = {
  HEADROOM_RECEIPT_JSON: undefined,
  HEADROOM_EXPLAIN: undefined,
  HEADROOM_UPSTREAM: undefined,
} as const;
