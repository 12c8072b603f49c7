/** What stays on disk: a ledger that agrees with upstream and tells nothing, and originals that Claude Code reads without asking. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerLine } from '../../src/store/ledger.ts';
import { openOriginals } from '../../src/store/originals.ts';
import type { Checks } from './checks.ts';
import { ourCache, type Setting, type Visit, visit } from './claude-visit.ts';
import { tourPrompt } from './tour.ts';
import { resultsOf, turnsOf, usagesOf } from './wire.ts';

export function checkLedger(checks: Checks, { ours, requests }: Visit): void {
  const file = join(ourCache, 'ledger', 'ledger-000001.jsonl');
  const decisions = join(ourCache, 'decisions');
  const others = [...ours.keys()].filter((path) => !path.startsWith(decisions));
  checks.equal('our cache holds the ledger, decisions and no other file', others.join(), file);
  const text = ours.get(file) ?? '';
  const lines = text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as LedgerLine] : []));
  checks.check('it has a line for each request', lines.length === requests.length, `${lines.length} of ${requests.length}`);
  const told = lines.reduce(
    (sum, { usage }) => sum + (usage ? usage.fresh + usage.cacheWrite5m + usage.cacheWrite1h + usage.cacheRead : 0),
    0,
  );
  const billed = usagesOf(requests).reduce(
    (sum, each) => sum + each.input_tokens + each.cache_creation_input_tokens + each.cache_read_input_tokens,
    0,
  );
  checks.check('its usage is what upstream billed', told === billed && billed > 0, `${told} of ${billed}`);
  const planted = [tourPrompt, 'TOUR-COMPLETE', 'dummy', 'findOrder', 'handlers.js', '/project'];
  checks.equal('it holds no text, no key and no path', planted.filter((each) => text.includes(each)).join(), '');
}

/** In print mode nobody can be asked: what is not allowed is refused. */
export async function checkOriginals(checks: Checks, setting: Setting): Promise<void> {
  const { home, project } = setting.workplace;
  const text = 'the first line of an original\nthe second line of it\n';
  const read = async (manner: 'bare' | 'wrapped', words: { options?: string[]; flags?: string[] } = {}) => {
    setting.workplace.reset();
    const kept = openOriginals(join(home, ourCache, 'originals')).keep(text);
    if (!kept.isKept) throw new Error(kept.reason);
    mkdirSync(join(project, '.own'));
    writeFileSync(join(project, '.own', 'settings.json'), '{"permissions":{"deny":["WebFetch"]}}');
    const script = {
      steps: [{ calls: [{ read: kept.path }, { grep: 'second', path: join(home, ourCache, 'originals') }] }, { text: 'Read.' }],
    };
    const { requests } = await visit(setting, manner, { script, tools: 'Edit', keepsHome: true, ...words });
    const results = turnsOf(requests).at(-1);
    return results ? resultsOf(results).map((result) => result.text) : [];
  };
  const isRead = ([file = '', hits = '']: readonly string[]) => file.includes('the first line') && hits.includes('the second line');
  console.log(' an original is read and searched, without an allowed tool: bare, wrapped, with settings of the user');
  const bare = await read('bare');
  checks.check('bare, Claude Code may not read it', bare.length === 2 && !isRead(bare), JSON.stringify(bare));
  for (const flags of [[], ['--settings', '.own/settings.json'], ['--settings', '{"permissions":{"allow":["Bash(ls)"]}}']]) {
    const found = await read('wrapped', { flags });
    checks.check(`wrapped, it may${flags.length > 0 ? `, with ${flags.join(' ')}` : ''}`, isRead(found), JSON.stringify(found));
  }
  const lossless = await read('wrapped', { options: ['--profile', 'lossless'] });
  checks.check('without excerpts it may not', lossless.length === 2 && !isRead(lossless), JSON.stringify(lossless));
}
