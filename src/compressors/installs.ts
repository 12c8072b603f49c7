/**
 * Installs (npm, pnpm, yarn, pip, uv, poetry, cargo, go, apt, apk, brew, bundler, `docker pull` and `build`): drawn bars gone; of big ones
 * the errors, warnings, summaries and what was asked for by name, and counts of what was fetched and unpacked. Not builds and tests.
 */
import { linesOf } from '../text/lines-of.ts';
import { commandOf, showsFiles } from '../text/tool-call.ts';
import type { Compressor, Excerpt, SmallerText, TextToShrink } from './compressor.ts';
import { isTrouble } from './logs/log-line.ts';
import { bar, installing, progressOf, tellProgress } from './progress-lines.ts';

const installCommand =
  /\b(?:npm|pnpm|yarn|bun)\b(?:\s+-\S+)*\s+(?:i|ci|install|add|update|up|upgrade|dlx|create)\b|\byarn\s*(?:$|[;&|\n])|\bpip[\d.]*\s+(?:install|download|wheel|sync)|\buv\s+(?:pip|sync|add|lock|tool)\b|\b(?:poetry|pdm|pipenv|conda|mamba|composer|gem|bundle|bundler|brew|apk|dnf|yum|pacman|apt|apt-get|nix|go|cargo|rustup|playwright|asdf|mise)\s+(?:-\S+\s+)*(?:install|add|update|upgrade|lock|require|fetch|get|mod|tidy|full-upgrade|dist-upgrade|toolchain|-S)\b|\b(?:docker|podman|buildah|nerdctl)\s+(?:compose\s+(?:-\S+\s+\S+\s+)*)?(?:buildx\s+)?(?:pull|build|push|up)\b/;

const leastProgress = 5;
const firstLines = 2;
const lastLines = 5;
/** How many lines may name one of the packages that were asked for. */
const mostNamed = 3;

export const installs: Compressor = {
  kind: 'installs',
  lever: 'install progress',
  claim: ({ text, call }) => {
    if (showsFiles(call)) return 0;
    const lines = linesOf(text).slice(0, 5000);
    let progress = 0;
    let all = 0;
    for (const line of lines) {
      if (line.trim() === '') continue;
      all++;
      if (progressOf(line, installing)) progress++;
    }
    if (progress < leastProgress) return 0;
    if (installCommand.test(commandOf(call) ?? '')) return 0.8;
    return progress >= 12 && progress * 2 >= all ? 0.6 : 0;
  },
  shrink: (input) => withoutBars(input),
  excerpt: (input) => excerptOf(input),
};

function withoutBars({ text }: TextToShrink): SmallerText | undefined {
  const shown = linesOf(text)
    .map((line) => (bar.test(line) ? withoutBar(line) : line))
    .join('\n');
  return shown.length < text.length ? { text: shown, form: 'same-to-the-eye' } : undefined;
}

/** A bar that is full says no more than the figures behind it; without such figures it stays. */
function withoutBar(line: string): string {
  const rest = line.replace(bar, '').trim();
  return /(?<!\d)\d+(?:\.\d+)?(?:\/\d+(?:\.\d+)?)? ?(?:[kKMG]?i?B|%)/.test(rest) ? `${/^\s*/.exec(line)?.[0] ?? ''}${rest}` : line;
}

function excerptOf(input: TextToShrink): Excerpt {
  const lines = linesOf(input.text);
  const names = lines.map((line) => (isTrouble(line) && !line.startsWith('➤ YN0013: ') ? undefined : progressOf(line, installing)));
  namePackageLists(lines, names);
  const keeps = names.map((name, at) => name === undefined || at < firstLines || at >= lines.length - lastLines);
  for (const wanted of packagesOf(commandOf(input.call) ?? '')) {
    let named = 0;
    for (let at = lines.length - 1; at >= 0 && named < mostNamed; at--) {
      const line = lines[at] ?? '';
      if (names[at] === 'verbose lines of npm' || line.includes('(from ') || !hasWord(line, wanted)) continue;
      keeps[at] = true;
      named++;
    }
  }
  const of = withoutBars(input);
  return { ...(of ? { of } : {}), keeps, tell: (from, until) => tellProgress(names, from, until) };
}

/** apt lists hundreds of names below `The following NEW packages will be installed:`. */
function namePackageLists(lines: readonly string[], names: (string | undefined)[]): void {
  let isListed = false;
  for (const [at, line] of lines.entries()) {
    isListed = line.startsWith('The following ') ? line.endsWith(':') : isListed && line.startsWith('  ');
    if (isListed && line.startsWith('  ')) names[at] = 'lines of package names';
  }
}

/** The words of an install command that may be packages, without their versions. */
function packagesOf(command: string): string[] {
  const [, words = ''] = /\b(?:install|add|i|get|require|pull)\s+([^\n;&|]+)/.exec(command) ?? [];
  return words
    .split(/\s+/)
    .filter((word) => /^@?[\w][\w./@=<>~^:-]{1,80}$/.test(word) && !/^[.\d]/.test(word))
    .map((word) => word.replace(/(?!^)(?:@|[=<>~^:]).*$/, '').toLowerCase())
    .slice(0, 20);
}

function hasWord(line: string, word: string): boolean {
  const at = line.toLowerCase().indexOf(word);
  return at >= 0 && !/[\w-]/.test(line[at - 1] ?? ' ') && !/[\w]/.test(line[at + word.length] ?? ' ');
}
