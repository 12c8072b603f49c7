/** One agent's life, from the question which agent to the receipt. It is handed everything it knows about the process it runs in. */
import { messageOf } from '../errors.ts';
import { addUpBill, type Bill } from '../tokens/bill.ts';
import { loadPrices } from '../tokens/prices.ts';
import { findAgent } from './find-agent.ts';
import type { Launch, Outputs, SessionSettings, Surroundings } from './launch.ts';
import { forgetLaunch, isLaunchAddress, launchVariable } from './nesting.ts';
import { openOutputFile } from './output-files.ts';
import { isLaunchRunning } from './private-folder.ts';
import { type ReceiptFacts, receiptJson } from './receipt.ts';
import { printReceipt } from './receipt-print.ts';
import { runBare } from './run-bare.ts';
import { type Problems, runProxied } from './run-proxied.ts';
import { say } from './say.ts';
import { readSituation } from './situation.ts';
import { type AgentExit, exitStatus } from './terminal.ts';
import { createMeter } from './totals.ts';
import type { Plan, Wrapper } from './wrapper.ts';

/** Runs the agent behind a proxy of its own; resolves with its end when everything is taken down and the receipt is printed. */
export async function runSession(
  wrapper: Wrapper,
  args: readonly string[],
  settings: SessionSettings,
  surroundings: Surroundings,
): Promise<AgentExit> {
  const startedAt = new Date();
  const command = findAgent(wrapper, surroundings);
  const outputs = openOutputs(settings, surroundings.workingFolder);
  const problems: Problems = { errors: [], withoutProxy: undefined };
  try {
    const { environment, isNested } = await readEnvironment(surroundings);
    const situation = readSituation(wrapper, { ...surroundings, args, environment });
    const note = (line: string) => (settings.isQuiet ? undefined : say(`headroom: ${line}`));
    const launch: Launch = { wrapper, settings, surroundings, command, situation, meter: createMeter(), outputs, note };
    // A plan is a pure function of its situation: asked once for what the proxy needs to start, and again with the proxy's address.
    const draft = wrapper.plan({ ...situation, proxyAddress: '', privateFolder: '' });
    const isInside = isNested && upstreamsOf(settings, draft).some(isLaunchAddress);
    const isBare = draft.runsBare || isInside;
    const exit = isBare ? await runBare(launch, isInside ? [insideNote] : draft.notes) : await runProxied(launch, draft, problems);
    if (exit.failure) throw exit.failure;

    const facts: ReceiptFacts = {
      title: wrapper.title,
      strays: wrapper.strays,
      mode: settings.mode,
      profile: settings.profile,
      totals: launch.meter.totals,
      startedAt,
      milliseconds: Date.now() - startedAt.getTime(),
      exitCode: exitStatus(exit),
      callsModel: draft.callsModel && !isBare,
      covers: draft.covers ?? 'requests',
      withoutProxy: problems.withoutProxy,
      bill: await billOf(launch),
      isDemo: settings.isDemo ?? false,
    };
    outputs.receipt?.replace(receiptJson(facts));
    problems.errors.push(...closeOutputs(outputs));
    if (!exit.hungUp && !settings.isQuiet) await printReceipt(facts, surroundings.environment);
    if (!exit.hungUp) for (const error of problems.errors) say(`headroom: ${error}`);
    return exit;
  } finally {
    closeOutputs(outputs);
  }
}

// Loaded when the agent is gone, and only where there is something to price.
async function billOf({ meter, settings, outputs }: Launch): Promise<Bill | undefined> {
  const { turns } = meter.totals;
  if (turns.length === 0 || (settings.isQuiet && !outputs.receipt)) return undefined;
  return addUpBill(turns, await loadPrices(settings.prices));
}

/** Where requests would go: not through two proxies, whichever of them it is. */
function upstreamsOf({ upstream, upstreams }: SessionSettings, draft: Plan): readonly string[] {
  const planned = upstream === undefined ? [draft.upstream, ...Object.values(draft.upstreams ?? {})] : [upstream];
  return [...planned, ...Object.values(upstreams)];
}

const insideNote = 'already inside a launch of headroom: its proxy serves this one too';

/** A launch that we run inside of, or what one that is over left behind. */
async function readEnvironment({
  environment,
  platform,
}: Surroundings): Promise<{ environment: Surroundings['environment']; isNested: boolean }> {
  const outer = environment[launchVariable];
  if (!outer) return { environment, isNested: false };
  const isNested = await isLaunchRunning(outer, platform);
  return { environment: isNested ? environment : forgetLaunch(environment), isNested };
}

function openOutputs({ receiptFile, explainFile }: SessionSettings, workingFolder: string): Outputs {
  const receipt = receiptFile === undefined ? undefined : openOutputFile(receiptFile, '--receipt-json', workingFolder);
  try {
    return { receipt, explain: explainFile === undefined ? undefined : openOutputFile(explainFile, '--explain', workingFolder) };
  } catch (thrown) {
    receipt?.close();
    throw thrown;
  }
}

/** One line for each file that could not be written to its end. */
function closeOutputs({ receipt, explain }: Outputs): readonly string[] {
  return [receipt, explain].flatMap((file) => {
    try {
      file?.close();
      return [];
    } catch (thrown) {
      return [messageOf(thrown)];
    }
  });
}
