// Writes the types of what others import: the declarations of an entry and of the files that they name, each from its own source alone.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const settings = { isolatedDeclarations: true, declaration: true, allowImportingTsExtensions: true, noEmit: false, strict: true };
/** Whoever imports the library knows our types, not our insides: more files than these mean that something leaks. */
const mostFiles = 12;

/** `entries`: paths from `src`; their declarations stand at the same paths in `outdir`. */
export function writeDeclarations(root, entries, outdir) {
  const source = join(root, 'src');
  const files = entries.map((entry) => resolve(source, entry));
  // Grows while it is gone through.
  for (const file of files) {
    const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(file, 'utf8'), { fileName: file, compilerOptions: settings });
    const [fault] = diagnostics ?? [];
    if (fault) throw new Error(`${relative(root, file)}: ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`);
    const named = [...outputText.matchAll(/from '(\.[^']+\.ts)'/g)].map(([, path]) => resolve(dirname(file), path));
    files.push(...named.filter((each) => !files.includes(each)));
    if (files.length > mostFiles) throw new Error(`the types of ${entries.join(', ')} lead to ${files.length} files`);
    const target = join(outdir, relative(source, file)).replace(/\.ts$/, '.d.ts');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText.replace(/(from '\.[^']+)\.ts'/g, "$1.js'"));
  }
}
