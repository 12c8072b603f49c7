/** The tour for any agent with tools: that of Claude Code, with an MCP server and an upstream that is overloaded once. */
import type { Script } from '../../src/demo/upstream-script.ts';
import { programPath } from '../../test/helpers/launcher-bundle.ts';
import { planTour, tourEnd } from './tour.ts';
import type { TourAgent } from './tour-agent.ts';

/** The MCP server that users bring along, called `lab`. */
export const labServer = { command: process.execPath, args: [programPath('orders-server.mjs')] };
const orders = { calls: [{ mcp: 'list_orders', server: 'lab', input: { limit: 100 } }] };
/** For agents whose own tour has no call of it. */
export const serverTour: Script = { steps: [orders, { text: tourEnd }] };

export function planAgentTour(project: string, { retries = [], hasServer }: TourAgent): Script {
  const { steps, ...rest } = planTour(project);
  const end = steps.length - 1;
  const readOnce = steps
    .slice(0, end)
    .map((step, at) => (at === 2 && !hasServer && !('status' in step) ? { ...step, failures: retries } : step));
  return { ...rest, steps: [...readOnce, ...(hasServer ? [{ ...orders, failures: retries }] : []), ...steps.slice(end)] };
}
