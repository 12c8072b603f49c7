/** Puts what a bench printed into the README, between its markers: figures there are never typed by hand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';

const readmePath = join(import.meta.dirname, '..', '..', 'README.md');

/** Keeps a copy of all that is printed from now on; the returned function writes it into the README, between the markers of that name. */
export function copyForReadme(name: 'figures' | 'comparison' | 'torture', command: string): () => void {
  const [opening, closing] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const print = console.log;
  const lines: string[] = [];
  console.log = (...values: unknown[]) => {
    lines.push(format(...values));
    print(...values);
  };
  return () => {
    const readme = readFileSync(readmePath, 'utf8');
    const [before, rest] = readme.split(opening);
    const after = rest?.split(closing)[1];
    if (before === undefined || after === undefined) throw new Error(`README.md has no ${opening} ... ${closing}`);
    const date = new Date().toISOString().slice(0, 10);
    const figures = `Printed by \`${command}\` on ${date}.\n\n\`\`\`\n${lines.join('\n').trim()}\n\`\`\`\n`;
    writeFileSync(readmePath, `${before}${opening}\n${figures}${closing}${after}`);
  };
}
