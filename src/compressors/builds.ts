/**
 * Builds, compilers, linters and job logs: every diagnostic is shown, steps and downloads are counted. Without loss: a path that several
 * diagnostics share said once above them, prefixes of task runners too, rules across the screen shortened.
 */
import type { Compressor } from './compressor.ts';
import { claimRun } from './run-claim.ts';
import { excerptRun, formsOf } from './run-lines.ts';

const command =
  /\b(?:build|compile|typecheck|type-check|lint|check|tsc|vue-tsc|eslint|biome|oxlint|prettier|ultracite|ruff|mypy|pylint|flake8|pyright|clippy|cargo|go (?:build|vet|install)|golangci-lint|staticcheck|govulncheck|gcc|g\+\+|cc|clang|clang\+\+|make|cmake|ninja|meson|bazel|mvn|mvnw|gradle|gradlew|ant|javac|kotlinc|scalac|sbt|dotnet|msbuild|webpack|vite|esbuild|rollup|rspack|tsup|tsdown|next|nuxt|astro|turbo|nx|lerna|swift|xcodebuild|zig|gh run|actions\/jobs|pre-commit|lefthook|husky|git push|git commit)\b/;

export const builds: Compressor = {
  kind: 'build',
  lever: 'builds',
  claim: (input) => claimRun(input, 'builds', command),
  shrink: ({ text }) => formsOf(text),
  excerpt: ({ text }) => excerptRun(text),
};
