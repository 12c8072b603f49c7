/**
 * Claude Code goes idle for longer than the provider keeps its cache, and goes on with `--continue`. What is idle here is told by the proxy's
 * settings: half a minute, which no user can set; so the proxy is started here, with the real pipeline and folders, in place of `wrap`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { UpstreamRequest } from '../../src/demo/upstream-face.ts';
import type { ScriptedCall, Step } from '../../src/demo/upstream-script.ts';
import { loadProxyPipeline } from '../../src/launch/proxy-pipeline.ts';
import { protocols } from '../../src/protocols/index.ts';
import type { ExchangeRecord } from '../../src/proxy/records.ts';
import { startProxy } from '../../src/proxy/server.ts';
import { cacheParts } from '../../src/store/place.ts';
import { settingsFor } from '../../test/helpers/loopback-settings.ts';
import type { Checks } from './checks.ts';
import { openStay, ourCache, type Setting, type Stay } from './claude-visit.ts';
import { run } from './processes.ts';
import { resultsOf, turnsOf } from './wire.ts';

/** Seconds; every start of the agent is well within them. */
const cacheLife = 30;
const reports = 9;
/** Calls behind them, of which none copies from them: only then they are over and done with. */
const others = 30;
const closing = /\[… \d+ lines not shown, full text: (.+)\]/;
/** What the same command says another time, of which the newest counts. */
const report = `#!/bin/sh
count=$(cat count 2>/dev/null || echo 0)
echo $((count + 1)) > count
for row in $(seq 1 70); do echo "row $row of report $count: $((row * 7919 * (count + 3) % 10007)) items"; done
`;

interface Place {
  readonly setting: Setting;
  readonly stay: Stay;
  /** What upstream plays next. */
  readonly steps: Step[];
}

interface Turn {
  readonly requests: readonly UpstreamRequest[];
  readonly records: readonly ExchangeRecord[];
}

export async function checkCold(checks: Checks, setting: Setting): Promise<void> {
  console.log(' claude -p, idle until its cache is cold, then claude -p --continue, twice');
  setting.workplace.reset();
  writeFileSync(join(setting.workplace.project, 'report.sh'), report);
  const steps: Step[] = [];
  const stay = await openStay(setting, { script: { steps } });
  try {
    await goIdle(checks, { setting, stay, steps });
  } finally {
    await stay.close();
  }
}

async function goIdle(checks: Checks, place: Place): Promise<void> {
  const asked = Array.from({ length: reports }, () => [{ shell: 'sh report.sh' }]);
  const first = await talk(place, [...asked, Array.from({ length: others }, (_, n) => ({ shell: `echo ${n}` }))]);
  const before = last(first);
  const isWarm = before.length === reports + others && before.every((text) => !closing.test(text));
  checks.check('warm, every report goes out whole', isWarm, before.join('\n---\n'));

  await pause((cacheLife + 2) * 1000);
  const second = await talk(place, [[{ shell: 'echo on' }]], ['--continue']);
  const moments = second.records.flatMap(({ cold }) => cold ?? []);
  checks.equal('one request is a cold moment, for it was idle', moments.map(({ why }) => why).join(), 'idle');
  const [told = []] = turnsOf(second.requests).map(textsOf);
  const paths = told.map((text) => closing.exec(text)?.[1]);
  const shorter = paths.flatMap((path, at) => (path === undefined ? [] : [{ path, at }]));
  checks.check(
    'old reports are told shorter, everything else is whole',
    shorter.length > 0 && shorter.every(({ at }) => at < reports),
    told.join('\n---\n'),
  );
  const isWhole = ({ path, at }: { path: string; at: number }) => existsSync(path) && readFileSync(path, 'utf8') === before[at];
  checks.check('the file that each names holds what was sent before, to the byte', shorter.every(isWhole));
  checkExtends(checks, 'every later request of this launch extends it', told, turnsOf(second.requests).map(textsOf));

  const { path = '', at = 0 } = shorter[0] ?? {};
  const third = await talk(place, [[{ read: path }, { shell: `cat ${path}` }]], ['--continue']);
  checks.equal('the next launch finds it warm', third.records.filter(({ cold }) => cold).length.toString(), '0');
  checkExtends(checks, 'and extends it', last(second), turnsOf(third.requests).map(textsOf));
  const opened = last(third).slice(-2);
  const middle = before[at]?.split('\n')[35] ?? '-';
  checks.check('an original is opened by both of its tools, whole', opened.length === 2 && opened.every((text) => text.includes(middle)));
}

function checkExtends(checks: Checks, name: string, sent: readonly string[], later: readonly (readonly string[])[]): void {
  checks.check(name, later.length > 0 && later.every((texts) => JSON.stringify(texts.slice(0, sent.length)) === JSON.stringify(sent)));
}

function textsOf(request: UpstreamRequest): string[] {
  return resultsOf(request).map(({ text }) => text);
}

function last({ requests }: Turn): string[] {
  return turnsOf(requests).slice(-1).flatMap(textsOf);
}

/** One launch of the agent behind a proxy of its own, before the one upstream of all of them. */
async function talk(
  { setting, stay, steps }: Place,
  calls: readonly (readonly ScriptedCall[])[],
  flags: readonly string[] = [],
): Promise<Turn> {
  const { home, project, temporary } = setting.workplace;
  steps.splice(0, steps.length, ...calls.map((each) => ({ calls: each })), { text: 'Seen.' });
  const begun = stay.upstream.requests.length;
  const { originals, decisions } = cacheParts(join(home, ourCache));
  const settings = settingsFor(stay.upstream.url, {
    profile: 'standard',
    originals: { folder: originals, privateFolder: join(temporary, 'launch') },
    decisions: { folder: decisions },
    isOurs: false,
    cacheLife,
  });
  const records: ExchangeRecord[] = [];
  const createPipeline = () => loadProxyPipeline(settings);
  const proxy = await startProxy(settings, { protocols, createPipeline, onRecord: (record) => records.push(record), onSkip: () => {} });
  const env = { ...stay.environment, ANTHROPIC_BASE_URL: `http://127.0.0.1:${proxy.port}/${settings.secret}` };
  await run('claude', ['-p', 'Go on.', '--allowedTools', 'Bash,Read', ...flags], { cwd: project, env });
  await proxy.close();
  return { requests: stay.upstream.requests.slice(begun), records };
}
