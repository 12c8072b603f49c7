/** The life of `headroom proxy`: its parts put together, its address printed, and its end when it is asked for. */
import { randomBytes } from 'node:crypto';
import { createApi } from '../api/create.ts';
import { Failure, messageOf } from '../errors.ts';
import { explainTo } from '../launch/explain.ts';
import { createHeavyThread } from '../launch/heavy-thread.ts';
import { type Keeping, startKeeping, sweepCache } from '../launch/keeping.ts';
import { openOutputFile } from '../launch/output-files.ts';
import { findPortOwner } from '../launch/port-owner.ts';
import { makePrivateFolder } from '../launch/private-folder.ts';
import { loadProxyPipeline } from '../launch/proxy-pipeline.ts';
import { say } from '../launch/say.ts';
import { createTeardown } from '../launch/teardown.ts';
import { protocols } from '../protocols/index.ts';
import { findFreePort } from '../proxy/listen.ts';
import type { ExchangeRecord, ProxySettings } from '../proxy/records.ts';
import { storeIsAway } from '../proxy/rejoin.ts';
import { type RunningProxy, startProxy } from '../proxy/server.ts';
import { type ContentSecret, readContentSecret } from '../store/content-secret.ts';
import type { SharedStore } from '../store/shared-store.ts';
import { describeStore } from '../store/store-address.ts';
import { sayCount } from '../text/say-amount.ts';
import { version } from '../version.ts';
import { readTotals } from './mcp.ts';
import { ownCacheParts, ownPlaces } from './own-places.ts';
import type { ProxyFlags } from './proxy.ts';
import { type ProxyChoice, resolveProxySettings } from './proxy-settings.ts';
import { describeUnknown, loadSettings } from './settings.ts';
import { noteSigned } from './signed-note.ts';

/** Resolves when somebody has ended it. */
export async function serveProxy(flags: ProxyFlags): Promise<void> {
  const file = await loadSettings();
  const choice = resolveProxySettings(flags, process.env, file);
  const note = (line: string) => (choice.settings.isQuiet ? undefined : say(`headroom: ${line}`));
  if (!choice.settings.isQuiet) for (const line of describeUnknown(file)) say(line);
  const teardown = createTeardown();
  try {
    const ended = watchSignals();
    const content = chooseContentSecret(choice);
    const shared = await openShared(choice, note);
    if (shared) teardown.add('shared store', shared.close);
    const proxy = await putUp(choice, content.secret, shared, teardown, ended.first);
    const base = `http://${choice.host.includes(':') ? `[${choice.host}]` : choice.host}:${proxy.port}`;
    process.stdout.write(`headroom proxy: ready at ${base}\n`);
    for (const line of [...hints(choice, base), sayTools(content, base)]) note(line);
    await ended.first;
    const count = proxy.running();
    const drained = proxy.drain();
    if (count > 0)
      note(`${sayCount(count, 'request')} in flight: it waits for ${count === 1 ? 'that one' : 'them'}; the same again ends it at once`);
    await Promise.race([drained, ended.second]);
  } finally {
    for (const error of await teardown.run()) say(`headroom: ${error}`);
  }
}

/** More than any team has; beyond them somebody leaves connections open. */
const mostConnections = 4096;
/** Only strangers are slower than that. */
const mostHeadMs = 60_000;
const hour = 3_600_000;

/** Everything it needs, in the order in which it is taken down again. */
async function putUp(
  choice: ProxyChoice,
  contentSecret: string,
  shared: SharedStore | undefined,
  teardown: ReturnType<typeof createTeardown>,
  ended: Promise<void>,
): Promise<RunningProxy> {
  const { settings, host, token, recovery } = choice;
  const { cacheFolder } = ownPlaces();
  const explainFile = settings.explainFile === undefined ? undefined : openOutputFile(settings.explainFile, '--explain', process.cwd());
  if (explainFile) teardown.add('explain', explainFile.close);
  explainFile?.replace('');
  // By it the dashboard and `headroom clean` see that somebody is at work.
  const folder = makePrivateFolder(cacheFolder, process.platform);
  teardown.add('private folder', folder.remove);
  const keeping = keep(choice, cacheFolder, folder.path, folder.id);
  teardown.add('ledger', keeping.close);
  let isEnding = false;
  void ended.then(() => {
    isEnding = true;
  });
  const { mode, profile } = settings;
  const kept = { cacheFolder: settings.isEphemeral ? folder.path : cacheFolder, profile, recovery };
  const api = createApi({ ...kept, version, isReady: () => !isEnding, totals: readTotals, shared });
  teardown.add('figures', api.close);
  const originals = keeping.originals && { ...keeping.originals, ...(recovery ? { recovery } : {}) };
  const proxySettings: ProxySettings = {
    ...{ port: choice.port, host, secret: randomBytes(16).toString('hex'), open: { token }, mostConnections, mode, profile, version },
    ...(token === undefined ? {} : { mostHeadMs }),
    ...choice.upstreams,
    refusesUpgrades: choice.refusesUpgrades ?? false,
    contentSecret,
    ...(originals ? { originals } : {}),
    ...(keeping.decisions ? { decisions: keeping.decisions } : {}),
    ...{ isOurs: false, rewritesCold: settings.rewritesCold },
    skips: [],
  };
  const explain = explainTo(explainFile);
  const tellSigned = noteSigned(settings.isQuiet);
  const onRecord = (record: ExchangeRecord) => {
    keeping.record(record);
    api.record(record);
    explain(record);
    tellSigned(record);
  };
  const heavy = createHeavyThread();
  const proxy = await startProxy(proxySettings, {
    protocols,
    createPipeline: () => loadProxyPipeline(proxySettings, undefined, () => refusalOf(shared), heavy.elsewhere),
    ...(shared ? { decisions: shared.decisions } : {}),
    onRecord,
    // They stand in the pipeline, which lives as long as we do.
    onSkip: () => {},
    answerOwn: api.answer,
  }).catch(async (thrown: NodeJS.ErrnoException) => {
    throw await explainStart(thrown, choice);
  });
  teardown.add('proxy', proxy.close);
  teardown.add('heavy', heavy.close);
  const sweep = setInterval(() => void sweepCache(cacheFolder, process.platform), 6 * hour);
  teardown.add('sweep', () => clearInterval(sweep));
  void sweepCache(cacheFolder, process.platform);
  return proxy;
}

/** What may have been lost with it is nobody's to leave out. */
function refusalOf(shared: SharedStore | undefined): string | undefined {
  return shared === undefined || shared.state().state === 'ready' ? undefined : storeIsAway;
}

/** Where it cannot be had the proxy starts all the same: what loses nothing needs it not. */
async function openShared({ sharedStore }: ProxyChoice, note: (line: string) => void): Promise<SharedStore | undefined> {
  if (sharedStore === undefined) return undefined;
  const { openRedisStore } = await import('../store/redis-store.ts');
  const name = describeStore(sharedStore);
  const { originals } = ownCacheParts();
  const onChange = (state: string, reason: string) =>
    note(`shared store ${name}: ${state === 'ready' ? 'it is back' : `${reason}; until then nothing new is left out of results`}`);
  return openRedisStore(sharedStore, originals, { onChange });
}

function keep({ settings, recovery }: ProxyChoice, cacheFolder: string, privateFolder: string, id: string): Keeping {
  const places = { cacheFolder, privateFolder, opensFiles: recovery !== undefined };
  const { mode, profile } = settings;
  return startKeeping(settings, places, { id, agent: 'proxy', projectFolder: process.cwd(), version, mode, profile });
}

/** The key of the recovery's address, if it has one; else our own, which stays the same unless nothing may be left behind. */
function chooseContentSecret({ contentSecret, settings }: ProxyChoice): ContentSecret {
  if (contentSecret !== undefined) return { secret: contentSecret, path: undefined };
  if (settings.isEphemeral) return { secret: randomBytes(16).toString('hex'), path: undefined };
  return readContentSecret(ownPlaces().cacheFolder);
}

/** Logs are read by more people than terminals. */
function sayTools({ secret, path }: ContentSecret, base: string): string {
  if (process.stderr.isTTY) return `tools for agents that speak MCP: ${base}/${secret}/mcp`;
  return `tools for agents that speak MCP: ${base}/SECRET/mcp${path === undefined ? '' : `, with what stands in ${path}`}`;
}

/** What to set in a client, and what somebody may miss. */
function hints({ token, recovery, settings }: ProxyChoice, base: string): readonly string[] {
  const way = token === undefined ? base : `${base}/TOKEN`;
  const withoutExcerpts = recovery === undefined && settings.profile === 'standard' && settings.mode !== 'off';
  return [
    `ANTHROPIC_BASE_URL=${way}  OPENAI_BASE_URL=${way}/v1  GOOGLE_GEMINI_BASE_URL=${way}`,
    ...(withoutExcerpts ? ['clients may be elsewhere: no excerpts, unless --recovery says how they reach originals'] : []),
  ];
}

/** The first signal ends it when it has nothing to do any more, the second at once. A stray error ends nobody's requests. */
function watchSignals(): { readonly first: Promise<void>; readonly second: Promise<void> } {
  const signals: (() => void)[] = [];
  const [first, second] = [0, 1].map(() => new Promise<void>((resolve) => void signals.push(resolve)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => signals.shift()?.());
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (thrown: unknown) => say(`headroom: unexpected error: ${messageOf(thrown)}`));
  return { first: first!, second: second! };
}

async function explainStart(thrown: NodeJS.ErrnoException, { host, port }: ProxyChoice): Promise<Error> {
  if (thrown.code === 'EADDRINUSE') {
    const owner = findPortOwner(port, process.platform);
    const free = await findFreePort(host, port);
    const hint = free === undefined ? 'Choose another: --port 0 is any free one.' : `Free just now: headroom proxy --port ${free}`;
    return new Failure('port-taken', `Port ${port} is taken${owner === undefined ? '' : ` by ${owner}`}`, hint);
  }
  if (thrown instanceof Failure || thrown.syscall === undefined) return thrown;
  return new Failure('no-port', `Cannot listen on ${host}, port ${port}: ${messageOf(thrown)}`, 'Choose another --host or --port.');
}
