/** The tour for any agent with tools: that of Claude Code, with an MCP server and an upstream that is overloaded once. */
import type { Script } from '../../src/demo/upstream-script.ts';
import { planTour } from './tour.ts';
import type { TourAgent } from './tour-agent.ts';

export function planAgentTour(project: string, { retries = [], hasServer }: TourAgent): Script {
  const { steps, ...rest } = planTour(project);
  const end = steps.length - 1;
  const orders = { calls: [{ mcp: 'list_orders', server: 'lab', input: { limit: 100 } }], failures: retries };
  const readOnce = steps
    .slice(0, end)
    .map((step, at) => (at === 2 && !hasServer && !('status' in step) ? { ...step, failures: retries } : step));
  return { ...rest, steps: [...readOnce, ...(hasServer ? [orders] : []), ...steps.slice(end)] };
}
