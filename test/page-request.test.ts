/** Which calls fetch a page to be read, and which want its markup. */
import { expect, test } from 'vitest';
import { fetchesPage } from '../src/text/page-request.ts';

const shell = (command: string) => fetchesPage({ tool: 'Bash', input: { command } });

test.each([
  'curl https://example.org/docs',
  'curl -sSL "https://example.org/docs?a=1&b=2" 2>/dev/null',
  'cd /tmp && curl -fsS -H "Accept: text/html" https://example.org',
  'curl -s https://example.org/a || echo failed',
  'curl -s \\\n  https://example.org/a 2>&1',
  'wget -qO- https://example.org/a',
  'wget -q -O - example.org/a.html',
  'sleep 2; http example.org',
])('a page to read: %s', (command) => {
  expect(shell(command)).toBe(true);
});

test.each([
  'curl -s https://example.org | grep -o "class=[^ ]*"',
  'curl -s https://example.org > page.html',
  'curl -o page.html https://example.org',
  'curl -sO https://example.org/page.html',
  'curl -sI https://example.org',
  'curl -i https://example.org',
  'curl -sv https://example.org',
  'curl -X POST https://example.org/form',
  'curl --data-raw a=b https://example.org/form',
  'curl -F file=@a.png https://example.org/form',
  'curl -s localhost:3000',
  'curl -s http://127.0.0.1:8080/a',
  'curl -s http://[::1]:8080/a',
  'curl -s http://web:8000/a',
  'curl -s https://staging.example.org:8443/a',
  'curl -s https://app.test/a',
  'curl -s $URL',
  'curl -s https://example.org/$(date)',
  'npm run dev & curl -s https://example.org',
  'node render.js && curl https://example.org',
  'wget https://example.org/a',
  'cat page.html',
])('no page to read: %s', (command) => {
  expect(shell(command)).toBe(false);
});

test('tools that fetch, by name and address', () => {
  const url = 'https://example.org/a';
  for (const tool of [
    'WebFetch',
    'webfetch',
    'web_fetch',
    'mcp__fetch__fetch',
    'fetch_url',
    'mcp__browser__get_page_content',
    'scrape_page',
  ])
    expect(fetchesPage({ tool, input: { url } }), tool).toBe(true);
  for (const tool of ['Read', 'Bash', 'WebSearch', 'create_issue'])
    expect(fetchesPage({ tool, input: { url } }), tool).toBe(tool === 'Read');
  expect(fetchesPage({ tool: 'webfetch', input: { url, format: 'html' } })).toBe(false);
  expect(fetchesPage({ tool: 'fetch', input: { url, raw_html: true } })).toBe(false);
  expect(fetchesPage({ tool: 'fetch', input: { url: 'http://localhost:5173/' } })).toBe(false);
  expect(fetchesPage({ tool: 'Read', input: { file_path: '/home/u/a.html' } })).toBe(false);
  expect(fetchesPage(undefined)).toBe(false);
});
