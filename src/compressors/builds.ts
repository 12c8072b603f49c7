/**
 * Builds, compilers, linters and job logs: every diagnostic is shown, steps and downloads are counted. Without loss: a path that several
 * diagnostics share said once above them, prefixes of task runners too, rules across the screen shortened.
 */
import type { Compressor } from './compressor.ts';
import { claimRun } from './runs/run-claim.ts';
import { excerptRun, formsOf } from './runs/run-lines.ts';

/** The tool, or what starts it and the word that says what is run; a path that holds such a word is none. */
const command =
  /^(?:(?:\S*\/)?(?:npx|bunx|npm|pnpm|yarn|bun|deno|node|uv|uvx|poetry|python[\d.]*|bundle|just|task|mise|cargo|go|dotnet|composer|swift|zig|docker|turbo|nx|lerna)\s(?:.*[\s:])?)?(?:\S*\/)?(?:build|compile|typecheck|type-check|types|lint|lint:fix|check|package|prepublish|tsc|vue-tsc|eslint|biome|oxlint|prettier|ultracite|ruff|mypy|pylint|flake8|pyright|clippy|vet|golangci-lint|staticcheck|govulncheck|gcc|g\+\+|cc|c\+\+|clang|clang\+\+|make|cmake|ninja|meson|bazel|mvnw?|gradlew?|ant|javac|kotlinc|scalac|sbt|msbuild|webpack|vite|esbuild|rollup|rspack|tsup|tsdown|next|nuxt|astro|xcodebuild|pre-commit|lefthook|husky)(?=$|[\s:;&])|^gh\s+(?:run\s+view|api\s.*\/logs)\b|^git\s+(?:-\S+\s+\S+\s+)?(?:push|commit)\b/;

export const builds: Compressor = {
  kind: 'build',
  lever: 'builds',
  claim: (input) => claimRun(input, 'builds', command),
  shrink: ({ text }) => formsOf(text),
  excerpt: ({ text }) => excerptRun(text),
};
