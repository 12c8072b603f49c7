/** The tour every agent is taken on: a day's work in small, with what repeats in real sessions repeating here. */
import { join } from 'node:path';
import type { Script } from '../../src/demo/upstream-script.ts';

export const tourEnd = 'The tour is over: TOUR-COMPLETE.';
export const tourPrompt = 'Please take the tour of this project';

export function planTour(project: string): Script {
  const at = (name: string) => join(project, name);
  return {
    thinking: 'What to look at next is clear.',
    sideText: 'Tour of a project',
    steps: [
      { text: 'First a look around.', calls: [{ shell: 'ls && git log --oneline && git status --short', description: 'Look around' }] },
      { calls: [{ read: at('src/handlers.js') }] },
      { calls: [{ grep: 'return response', path: at('src') }] },
      { text: 'Now build it.', calls: [{ shell: './build.sh', description: 'Build' }] },
      { calls: [{ shell: 'cat src/handlers.js', description: 'Show the handlers again' }] },
      {
        calls: [
          {
            edit: at('src/handlers.js'),
            from: "error: 'not allowed to ship', code: 1004",
            to: "error: 'shipping needs a role', code: 1004",
          },
        ],
      },
      { calls: [{ read: at('src/handlers.js') }] },
      { text: 'This one will complain.', calls: [{ shell: './check.sh', description: 'Check' }] },
      { calls: [{ shell: './build.sh', description: 'Build again' }] },
      { calls: [{ read: at('data/items.json') }] },
      { calls: [{ shell: 'cat data/items.json', description: 'Show the items' }] },
      { calls: [{ read: at('src/store.js') }, { shell: 'nl -ba src/store.js', description: 'Number the store' }] },
      { calls: [{ shell: 'git diff', description: 'Show the change' }] },
      { calls: [{ write: at('NOTES.md'), text: '# Notes\n\nShipping needs a role of its own.\n' }] },
      { calls: [{ shell: 'git status --short && cat NOTES.md', description: 'Look once more' }] },
      { text: tourEnd },
    ],
  };
}

/**
 * Another one: two subagents at once read what the main conversation reads after them, and upstream is overloaded at first.
 * What one conversation has seen the others have not.
 */
export function planHelpers(project: string): Script {
  const at = (name: string) => join(project, name);
  const helper = (subject: string) => ({
    raw: 'Agent',
    input: { description: subject, prompt: `Please look at the ${subject}`, subagent_type: 'general-purpose', run_in_background: false },
  });
  const reading = (file: string) => [
    { calls: [{ read: at(file) }] },
    { calls: [{ shell: `cat ${file}`, description: 'Show it again' }] },
    { text: `There is nothing wrong with ${file}.` },
  ];
  return {
    thinking: 'Others can help.',
    steps: [
      { calls: [{ shell: 'ls', description: 'Look around' }], failures: [529] },
      { text: 'Two helpers.', calls: [helper('store'), helper('handlers')] },
      { calls: [{ read: at('src/store.js') }] },
      { calls: [{ shell: 'cat src/handlers.js', description: 'Show the handlers' }] },
      { text: tourEnd },
    ],
    conversations: [
      { prompt: 'look at the store', steps: reading('src/store.js') },
      { prompt: 'look at the handlers', steps: reading('src/handlers.js') },
    ],
  };
}
