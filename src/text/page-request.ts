/** Which calls fetch a page of the web to read it: tools that fetch, and shell commands that do nothing but print what a remote address serves. */
import type { ToolCall } from '../block.ts';
import { commandOf } from './tool-call.ts';

const fetchingTool =
  /(?:^|[_.-])(?:web_?)?(?:fetch|scrape|crawl|extract|browse|visit|open|read|get|load)(?:_?(?:web|page|url|html|site|content|contents))*(?:$|[_.-])|^http_request$/;
const fetcher = /^(?:curl|wget|GET|http|https|xh|xhs|lwp-request|Invoke-WebRequest|iwr)$/;

/** Asks for something else than a page to read: sends data, wants headers or the exchange, or has the page written somewhere. */
const otherOption =
  /^(?:-[a-zA-Z]*[XdFTivIoOKu][a-zA-Z]*|--(?:request|data\S*|json|form\S*|upload-file|include|verbose|head|output\S*|remote-name\S*|config|trace\S*|user|post-\S*|server-response|spider|save-headers)(?:=.*)?)$/;
const ownHost =
  /^(?:https?:\/\/)?(?:[^/@]*@)?(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[|host\.docker\.internal|[^/.:]+(?::\d+)?(?:\/|$)|[^/:]+\.(?:local|localhost|test|internal|lan)\b|[^/]*:\d+)/i;

/** True where the reader wants the text of a page. Whoever looks at markup pipes it on, saves it, sends data, or serves the page itself. */
export function fetchesPage(call: ToolCall | undefined): boolean {
  if (!call) return false;
  const command = commandOf(call);
  if (command !== undefined) return printsPage(command);
  const tool = (call.tool.split('__').at(-1) ?? '').replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  if (!fetchingTool.test(tool)) return false;
  const values = typeof call.input === 'object' && call.input !== null ? Object.entries(call.input) : [];
  const address = values.find(([name, value]) => /^(?:ur[il]s?|link|href|address|page)$/i.test(name) && typeof value === 'string')?.[1];
  if (typeof address !== 'string' || !/^(?:https?:\/\/)?[\w-]+(?:\.[\w-]+)+/i.test(address) || ownHost.test(address)) return false;
  return !values.some(
    ([name, value]) => /format|type|mode|raw|html/i.test(name) && (value === true || /^(?:raw_?)?html$/i.test(String(value))),
  );
}

function printsPage(command: string): boolean {
  // How recordings name a request that no shell made.
  if (/^HTTP GET\b/.test(command)) return true;
  const bare = command.replace(/2>&1|2>\s*\/dev\/null/g, ' ').replace(/\\\n/g, ' ');
  if (/[|<>`$(){}]/.test(bare.replace(/"[^"\n]*"|'[^'\n]*'/g, '""').replaceAll('||', ';'))) return false;
  const parts = bare.split(/&&|\|\||[;\n]/).map((part) => part.trim().split(/\s+/));
  const fetches = parts.filter(([program = '']) => fetcher.test(program));
  if (fetches.length === 0) return false;
  if (!parts.every(([program = '']) => program === '' || fetcher.test(program) || /^(?:cd|echo|sleep|timeout|printf)$/.test(program)))
    return false;
  return fetches.every((words) => {
    const addresses = words.slice(1).map((word) => word.replace(/^["']|["']$/g, ''));
    const [program] = words;
    const options = addresses.filter((word) => word.startsWith('-'));
    // `wget` writes to a file unless told otherwise.
    const isPrinted = program !== 'wget' || /(?:^|\s)-[a-zA-Z]*O\s*-(?:\s|$)|--output-document=?\s*-(?:\s|$)/.test(words.join(' '));
    const isPlain = program === 'wget' || !options.some((option) => otherOption.test(option));
    return isPrinted && isPlain && addresses.some(isRemote) && !addresses.some((word) => /^https?:\/\//i.test(word) && ownHost.test(word));
  });
}

function isRemote(word: string): boolean {
  return /^(?:https?:\/\/)?[\w-]+(?:\.[\w-]+)+(?:[/?#:]|$)/i.test(word) && !ownHost.test(word);
}
