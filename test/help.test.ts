/** The help of every command fits a screen and shows examples; the README's page of commands is what the commands say. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { renderManual } from '../src/commands/manual.ts';
import { createProgram } from '../src/commands/program.ts';

const screen = { lines: 30, columns: 80 };

function commandsBelow(command: Command, name: string): readonly (readonly [string, Command])[] {
  const visible = command.createHelp().visibleCommands(command);
  return [[name, command], ...visible.flatMap((child) => commandsBelow(child, `${name} ${child.name()}`))];
}

function pageOf(command: Command): string {
  let page = '';
  command.configureOutput({
    writeOut: (text) => {
      page += text;
    },
    getOutHelpWidth: () => screen.columns,
  });
  command.outputHelp();
  return page.trimEnd();
}

const program = createProgram();
const commands = commandsBelow(program, 'headroom');

test('there are commands, and commands of commands', () => {
  expect(commands.map(([name]) => name)).toEqual(
    expect.arrayContaining(['headroom', 'headroom wrap', 'headroom mcp install', 'headroom doctor']),
  );
});

describe.each(commands)('%s --help', (name, command) => {
  const lines = pageOf(command).split('\n');

  test('fits a screen', () => {
    expect(lines.filter((line) => line.length > screen.columns)).toEqual([]);
    expect(lines.length).toBeLessThanOrEqual(screen.lines);
  });

  test('has examples, of itself', () => {
    const examples = lines.slice(lines.indexOf('Examples:') + 1);
    expect(lines).toContain('Examples:');
    expect(examples.some((line) => line.includes(name))).toBe(true);
  });

  test('takes an option for help, and says what every option does', () => {
    const options = command.createHelp().visibleOptions(command);
    expect(options.filter(({ description }) => !description)).toEqual([]);
    if (command !== program) expect(options.map(({ long }) => long)).toContain('--help');
  });
});

test('the page of the README is the one that the commands make', () => {
  const readme = readFileSync(join(resolve(import.meta.dirname, '..'), 'README.md'), 'utf8');
  const manual = renderManual(createProgram());
  expect(readme).toContain(`<!-- manual -->\n\`\`\`\n${manual}\n\`\`\`\n<!-- /manual -->`);
  expect(manual.split('\n').filter((line) => line.length > screen.columns)).toEqual([]);
  for (const [name] of commands.slice(1)) expect(manual).toMatch(new RegExp(`^${name}(?: |$)`, 'm'));
});
