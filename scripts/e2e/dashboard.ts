/**
 * `headroom dashboard` in a real browser, headless: the figures are those of `headroom perf --json`, all of it can be reached by keyboard,
 * it is readable in dark and in light, and nothing is asked of anybody else. Screenshots go where HEADROOM_SCREENSHOTS says.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Checks } from './checks.ts';
import { appendRequest, furnishCache } from './dashboard-cache.ts';
import { run, waitFor } from './processes.ts';
import { createWorkplace } from './workplace.ts';

const title = 'headroom dashboard in Chromium';
const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

interface Figures {
  readonly all: { readonly billed: number; readonly saved: number; readonly input: number };
  readonly byAgent: Readonly<Record<string, { readonly input: number }>>;
  readonly byDay: Readonly<Record<string, unknown>>;
}

export async function checkDashboard(checks: Checks, cli: string): Promise<void> {
  const program = programs.find(existsSync);
  if (!program) {
    checks.skip(title, 'no chromium');
    return;
  }
  console.log(title);
  const workplace = createWorkplace();
  workplace.reset();
  const env = { PATH: process.env.PATH ?? '', HOME: workplace.home, TMPDIR: workplace.temporary };
  const original = furnishCache(join(workplace.home, '.cache', 'headroom'));
  const server = spawn(process.execPath, [cli, 'dashboard'], { env, cwd: workplace.project, stdio: ['ignore', 'pipe', 'inherit'] });
  // Its own sandbox wants more than containers and root allow; the page is ours.
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  try {
    const address = await firstLine(server);
    const { stdout } = await run(process.execPath, [cli, 'perf', '--json'], { env, cwd: workplace.project });
    const figures = JSON.parse(stdout) as Figures;
    for (const colorScheme of ['light', 'dark'] as const) await look(checks, browser, { address, colorScheme, figures, original });
    await checkKeyboard(checks, browser, address);
    await checkLive(checks, browser, address, join(workplace.home, '.cache', 'headroom'));
    await checkEnd(checks, browser, address, server);
  } finally {
    await browser.close();
    server.kill('SIGKILL');
    workplace.remove();
  }
}

interface Sight {
  readonly address: string;
  readonly colorScheme: 'light' | 'dark';
  readonly figures: Figures;
  /** Name of an original that an excerpt is made of. */
  readonly original: string;
}

async function look(checks: Checks, browser: Browser, { address, colorScheme, figures, original }: Sight): Promise<void> {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(address);
  await page.getByText('Live', { exact: true }).waitFor();

  const cards = await page.locator('#totals').innerText();
  const { billed, saved, input } = figures.all;
  for (const [what, text] of [
    ['billed', dollars(billed)],
    ['saved', `~${dollars(saved)}`],
    ['input tokens', input.toLocaleString('en-US')],
  ] as const)
    checks.check(`${colorScheme}: ${what} is what \`headroom perf\` says`, cards.includes(text), `${text} is not in ${cards}`);
  const agents = await page.locator('#agent-table tbody tr').allInnerTexts();
  const missing = Object.entries(figures.byAgent).filter(
    ([name, sum]) => !agents.some((row) => row.includes(name) && row.includes(sum.input.toLocaleString('en-US'))),
  );
  checks.check(`${colorScheme}: every agent has its sum`, missing.length === 0, JSON.stringify({ missing, agents }));
  await page.getByText('Every day as a table').click();
  const days = await page.locator('#day-table tbody tr').count();
  checks.check(`${colorScheme}: every day has its row`, days === Object.keys(figures.byDay).length, `${days} rows`);
  const drawn = await page.locator('.chart[role=img][aria-label^="Bars: "] canvas').count();
  checks.check(`${colorScheme}: both charts are drawn, and told`, drawn === 2, `${drawn}`);

  await page.locator('#request-table tbody button').first().click();
  const details = page.locator('#request-table .details');
  checks.check(`${colorScheme}: a request opens`, (await details.innerText()).includes('o200k'));
  checks.check(`${colorScheme}: it tells of a cold cache`, (await details.innerText()).includes('old results 9,000 → 4,000 tokens'));
  const results = await details.locator('.blocks tbody tr').allInnerTexts();
  checks.check(
    `${colorScheme}: it says what became of each result`,
    ['an excerpt', 'written shorter, nothing left out', 'as it came: nothing to gain'].every((what, at) => results[at]?.includes(what)),
    results.join('\n'),
  );
  await details.getByRole('button', { name: 'before and after' }).click();
  await details.locator('.compare').waitFor();
  const shown = await details.locator('.compare .is-new').allInnerTexts();
  checks.check(
    `${colorScheme}: an excerpt opens beside its original, as it was sent`,
    (await details.locator('.compare .is-gone').count()) > 0 && shown.some((line) => line.includes('412 lines not shown')),
    shown.join('\n'),
  );
  await shoot(page, `${colorScheme}-sent`);
  await details.getByRole('button', { name: 'what was sent' }).click();
  const sent = await details.locator('pre').innerText();
  checks.check(`${colorScheme}: what nothing was left out of is shown as it was sent`, sent.includes('2-60 as above'), sent);
  await shoot(page, `${colorScheme}-top`);
  await page.locator('#original-table').getByRole('button', { name: original }).click();
  await page.locator('#comparison table').waitFor();
  const [gone, notes] = [await page.locator('.compare .is-gone').count(), await page.locator('.compare .is-new').allInnerTexts()];
  checks.check(
    `${colorScheme}: an original stands beside its excerpt, with what is left out`,
    gone > 0 && notes.some((note) => /\[… \d+ lines/.test(note)),
    notes.join('\n'),
  );
  await shoot(page, `${colorScheme}-compare`);
  await page.setViewportSize({ width: 390, height: 800 });
  const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'));
  checks.check(`${colorScheme}: on a narrow screen only tables scroll sideways`, overflow <= 0, `${overflow} pixels too wide`);
  await shoot(page, `${colorScheme}-narrow`);

  const contrasts = (await page.evaluate(contrastScript)) as { readonly text: string; readonly ratio: number }[];
  const faint = contrasts.filter(({ ratio }) => ratio < 4.5);
  checks.check(`${colorScheme}: all text stands out`, contrasts.length > 50 && faint.length === 0, JSON.stringify(faint.slice(0, 10)));
  const foreign = asked.filter((url) => !url.startsWith(address) && !url.startsWith('data:'));
  checks.check(`${colorScheme}: nothing is asked of anybody else`, foreign.length === 0, foreign.join('\n'));
  checks.check(`${colorScheme}: no complaint in the console`, complaints.length === 0, complaints.join('\n'));
  await page.close();
}

async function checkKeyboard(checks: Checks, browser: Browser, address: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto(address);
  await page.getByText('Live', { exact: true }).waitFor();
  const focused = () => page.evaluate('document.activeElement.textContent');
  await page.keyboard.press('Tab');
  checks.equal('keyboard: the first stop skips to the figures', `${await focused()}`, 'Skip to the figures');
  await page.keyboard.press('Enter');
  const stops: string[] = [];
  for (let count = 0; count < 200 && !stops.at(-1)?.startsWith('▸'); count++) {
    await page.keyboard.press('Tab');
    stops.push(`${await focused()}`);
  }
  const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
  checks.check(
    'keyboard: tables are sorted on the way to the requests',
    stops.includes('Input tokens') && stops.at(-1)!.startsWith('▸'),
    stops.join(', '),
  );
  checks.check('keyboard: what has the focus is seen', outline === 'solid', `${outline}`);
  await page.keyboard.press('Enter');
  checks.check('keyboard: a request opens, and the focus stays', `${await focused()}`.startsWith('▾'), `${await focused()}`);
  const sort = page.locator('#agent-table').getByRole('button', { name: 'Input tokens' });
  await sort.focus();
  await page.keyboard.press('Enter');
  const inputs = (await page.locator('#agent-table tbody tr td:nth-child(3)').allInnerTexts()).map((text) =>
    Number(text.replaceAll(',', '')),
  );
  checks.check(
    'keyboard: a press sorts from large to small',
    inputs.length > 1 && inputs.every((value, at) => at === 0 || value <= inputs[at - 1]!),
    `${inputs}`,
  );
  await page.close();
}

async function checkLive(checks: Checks, browser: Browser, address: string, cacheFolder: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto(address);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.locator('#request-table').getByRole('button', { name: 'Input tokens' }).click();
  await page.locator('#request-table tbody button').first().focus();
  const focused = () => page.evaluate('document.activeElement.textContent');
  const before = await focused();
  const last = page.locator('#request-table tbody button').last();
  await last.click();
  const details = page.locator('#request-table .details');
  await details.getByRole('button', { name: 'before and after' }).click();
  await details.locator('.compare').waitFor();
  await page.locator('#request-table tbody button').first().focus();
  appendRequest(cacheFolder);
  await page.locator('#totals').getByText('901 requests').waitFor({ timeout: 15_000 });
  checks.check('live: what was opened stays open', (await details.locator('.compare').count()) === 1);
  checks.check('live: a request that comes is added while the page is open', true);
  checks.check('live: neither the order nor the focus is lost', (await focused()) === before && `${before}`.startsWith('▸'), `${before}`);
  await page.close();
}

async function checkEnd(checks: Checks, browser: Browser, address: string, server: ChildProcess): Promise<void> {
  const page = await browser.newPage();
  await page.goto(address);
  await page.getByText('Live', { exact: true }).waitFor();
  server.kill('SIGINT');
  checks.check(
    'Ctrl-C ends it, though a page is open',
    await waitFor(() => server.exitCode === 0, 5),
    `${server.exitCode} ${server.signalCode}`,
  );
  await page.getByText('has ended: these figures stand still').waitFor({ timeout: 15_000 });
  checks.check('the page says so', true);
  await page.close();
}

/** Text and ground of everything that holds text of its own, by WCAG's formula. */
const contrastScript = `(() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => { for (let at = element; at; at = at.parentElement) { const colour = parse(getComputedStyle(at).backgroundColor); if (colour.length === 3 || colour[3] === 1) return colour; } return [255, 255, 255]; };
  return [...document.querySelectorAll('body *')].filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .filter((element) => element.getClientRects().length > 0)
    .map((element) => { const [one, other] = [light(parse(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
      return { text: element.textContent.slice(0, 40), ratio: (one + 0.05) / (other + 0.05) }; });
})()`;

function dollars(value: number): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.HEADROOM_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

function firstLine(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    server.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.includes('\n')) resolve(text.split('\n', 1)[0] ?? '');
    });
    server.on('exit', (code) => reject(new Error(`it ended with ${code} before it said where it is`)));
  });
}
