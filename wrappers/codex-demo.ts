/** Codex in a demo: one prompt, with a home and a key that are not the user's. */
import type { Demo, DemoSituation, DemoStart } from '../src/launch/wrapper.ts';

export const demo: Demo = { plan, worksInCopy: false, hasTools: true };

function plan({ upstream, prompt }: DemoSituation): DemoStart {
  const settings = [`openai_base_url=${JSON.stringify(`${upstream}/v1`)}`, 'analytics.enabled=false', 'check_for_update_on_startup=false'];
  return {
    args: [
      ...settings.flatMap((each) => ['-c', each]),
      // What it runs is in our script, which only lists and reads; a sandbox is not to be had everywhere.
      ...['exec', '--skip-git-repo-check', '-s', 'danger-full-access', prompt],
    ],
    environment: { CODEX_API_KEY: 'demo' },
  };
}
