/** Rules of the user's that keep Claude Code's model from the originals: no excerpt may name what it cannot open. */
import { describe, expect, test } from 'vitest';
import { findDenial } from '../wrappers/claude-denials.ts';
import { createMachine } from './helpers/launches.ts';

const folder = '/home/me/.cache/headroom/originals';
const place = (permissions: object, platform: NodeJS.Platform = 'linux') => ({
  ...{ platform, homeFolder: platform === 'win32' ? 'C:\\Users\\me' : '/home/me', workingFolder: '/repo' },
  files: [
    { path: '/repo/.claude/settings.json', text: undefined },
    { path: '/home/me/.claude/settings.json', text: JSON.stringify({ permissions }) },
  ],
});

describe('a rule keeps it from originals', () => {
  test.each([
    ...['Read', 'Read(*)', 'Read(~/.cache/**)', 'Read(~/.cache)', 'Read(~/**)', 'Read(//home/*/.cache/**)', 'Read(//**)'],
    ...['Read(~/.cache/headroom/**)', 'Read(~/**/originals/*)', 'Read(originals)'],
  ])('%s', (rule) => {
    const isOutside = rule === 'Read(originals)';
    expect(findDenial(place({ deny: ['WebFetch', rule] }), folder)).toBe(
      isOutside ? undefined : `${rule} in /home/me/.claude/settings.json`,
    );
    expect(findDenial(place({ ask: [rule] }), folder) === undefined).toBe(isOutside);
    expect(findDenial(place({ allow: [rule] }), folder)).toBeUndefined();
  });

  test.each([
    ...[
      'Read(./.env)',
      'Read(~/.ssh/**)',
      'Read(//etc/**)',
      'Read(**/*.pem)',
      'Edit(~/**)',
      'Bash(cat:*)',
      'Read(/secrets/**)',
      'Read(**)',
    ],
    ...['Read(', 'Read()x', 'Read(~/.cached/**)'],
  ])('not %s', (rule) => {
    expect(findDenial(place({ deny: [rule, 7] }), folder)).toBeUndefined();
  });

  test('on Windows too', () => {
    const originals = 'C:\\Users\\me\\AppData\\Local\\headroom\\originals';
    for (const rule of ['Read(~/AppData/**)', 'Read(//c/Users/**)'])
      expect(findDenial(place({ deny: [rule] }, 'win32'), originals)).toContain(rule);
    expect(findDenial(place({ deny: ['Read(//d/**)'] }, 'win32'), originals)).toBeUndefined();
  });

  test('or none does where the settings say something else', () => {
    for (const permissions of [{}, { deny: 'Read' }, []]) expect(findDenial(place(permissions), folder)).toBeUndefined();
  });
});

test('such a launch leaves nothing out, and says why', async () => {
  const machine = createMachine();
  try {
    machine.write('home/.claude/settings.json', JSON.stringify({ permissions: { deny: ['Read(~/.cache/**)'] } }));
    const { stderr } = await machine.run(['wrap', 'claude']);
    expect(stderr).toContain('nothing is left out of big results: its model may not open originals (Read(~/.cache/**) in ');
    expect((await machine.run(['wrap', '--profile', 'lossless', 'claude'])).stderr).not.toContain('originals (');
  } finally {
    machine.remove();
  }
});
