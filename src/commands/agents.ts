/** `headroom agents`: what each agent can and cannot do with us, and whether it is here. The table of the README is the same. */
import { Command } from 'commander';
import { wrappers } from '../../wrappers/index.ts';
import { Failure } from '../errors.ts';
import type { Coverage, ListedWrapper } from '../launch/wrapper.ts';
import { describeSurroundings } from './wrap.ts';

const examples = `
Examples:
  headroom agents
  headroom agents --json | jq '.[] | select(.path) | .name'`;

export function createAgentsCommand(): Command {
  return new Command('agents')
    .description('what each agent can and cannot do, and which are here')
    .helpOption('-h, --help', 'print this page')
    .option('--json', 'print JSON')
    .option('--markdown', 'print a table without what is installed here')
    .addHelpText('after', examples)
    .action(agents);
}

async function agents({ json, markdown }: { readonly json?: boolean; readonly markdown?: boolean }): Promise<void> {
  if (json && markdown) throw new Failure('contradiction', '--json and --markdown cannot go together', 'Choose one of them.');
  if (markdown) return print(markdownTable());
  const found = await Promise.all(wrappers.map(async (wrapper) => ({ wrapper, program: await findProgram(wrapper) })));
  if (!json) return print(found.map(({ wrapper, program }) => describe(wrapper, program)).join('\n\n'));
  const rows = found.map(({ wrapper: { name, title, install, coverage }, program }) => ({ name, title, ...coverage, install, ...program }));
  print(JSON.stringify(rows, undefined, 2));
}

interface Program {
  readonly path: string;
  readonly version: string | undefined;
}

async function findProgram(wrapper: ListedWrapper): Promise<Program | undefined> {
  const { lookForAgent } = await import('../launch/find-agent.ts');
  const { findVersion } = await import('../launch/agent-version.ts');
  const path = lookForAgent(wrapper, describeSurroundings());
  return path === undefined ? undefined : { path, version: findVersion(path) };
}

const heads: readonly (readonly [keyof Coverage, string])[] = [
  ['proxied', 'through the proxy'],
  ['smaller', 'made smaller'],
  ['receipt', 'on the receipt'],
  ['lost', 'lost'],
];

function markdownTable(): string {
  const rows = wrappers.map(({ name, title, coverage, install }) => [
    title === name ? `\`${name}\`` : `${title}: \`${name}\``,
    ...heads.map(([key]) => coverage[key]),
    install.startsWith('http') ? `<${install}>` : `\`${install}\``,
  ]);
  const all = [['agent', ...heads.map(([, head]) => head), 'how to get it'], heads.map(() => '---').concat('---', '---'), ...rows];
  return all.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function describe({ name, title, coverage, install }: ListedWrapper, program: Program | undefined): string {
  const here = program ? [program.version, program.path].filter(Boolean).join(', ') : 'not found here';
  const lines = heads.map(([key, head]) => [head, coverage[key]] as const);
  const whole = [...lines, ['how to get it', install] as const].map(([head, text]) => wrapText(head, text));
  return [`${name}${title === name ? '' : ` (${title})`}: ${here}`, ...whole].join('\n');
}

const indent = 21;

/** A heading, and its text beside it in lines of 80. */
function wrapText(head: string, text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && indent + line.length + 1 + word.length > 80) {
      lines.push(line);
      line = word;
    } else line += `${line && ' '}${word}`;
  }
  return `  ${head}`.padEnd(indent) + [...lines, line].join(`\n${' '.repeat(indent)}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
