/** The versions that the tests drive, by the wrapper's name. A wrapper without one follows documents alone. Others most likely work as well. */

export const testedVersions: Readonly<Record<string, readonly string[] | undefined>> = {
  claude: ['2.1.197', '2.1.330'],
  aider: ['0.86.1'],
  codex: ['0.169.0'],
  opencode: ['1.18.33'],
  gemini: ['0.61.0'],
  qwen: ['0.24.4'],
  copilot: ['1.0.102'],
  kilo: ['7.7.7'],
  pi: ['0.74.2'],
  cn: ['1.5.47'],
  cline: ['3.0.65'],
};
