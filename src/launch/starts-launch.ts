/** Whether these words start an agent: told at a glance, before anything is loaded that could read them. */
export function startsLaunch([command, ...words]: readonly string[]): boolean {
  return command === 'wrap' && words.length > 0 && !words.some((word) => /^(?:-h|--help|-v|--version)$/.test(word));
}
