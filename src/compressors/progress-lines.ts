/** Lines by which installers, image builders and provisioners tell that they are still at work, and what a note calls them. */

/** The first pattern that fits names the line; a line that fits none says something. */
type Progress = readonly (readonly [RegExp, string])[];

/** A bar that was drawn, with the figures behind it. */
export const bar = /[━╸╺─█▓▒░■□]{4,}|\[[#=>. -]{8,}\]|(?<=^|\s)(?:#{8,}|={8,}>?|\+{12,}|\.{12,})(?=\s|$)/;

export const installing: Progress = [
  // npm, pnpm, yarn, bun
  [/^npm (?:http|verbose|silly|timing|info|sill|verb) /, 'verbose lines of npm'],
  [/^Progress: resolved \d+|^Packages: \+\d+$|^[+-]{4,}$|^Downloading \S+: [\d.]+ \w+\/|^\.{3,}\/| \| Progress: resolved/, 'progress'],
  [/^➤ YN0013:|^➤ YN00(?:19|85):|^(?:yarn )?info (?:Direct|All) dependencies|^[├└]─ \S+@\d/, 'packages'],
  // pip, uv, poetry
  [/^ *Requirement already satisfied: /, 'already satisfied'],
  [/^ *Collecting \S.*\(from /, 'collected for others'],
  [/^ *(?:Downloading|Using cached|Obtaining dependency information|Fetching) \S/, 'downloads'],
  [
    /^ *(?:Preparing metadata|Getting requirements|Installing (?:build|backend) dependencies|Building wheel|Created wheel|Stored in directory|Building wheels|Checking if build|Running setup\.py|Attempting uninstall|Found existing installation|Uninstalling )/,
    'build steps',
  ],
  [/^ *[-•] (?:Installing|Updating|Downloading|Locking|Extracting|Removing) \S+ .*$/, 'packages'],
  [/^ [+] [\w.-]+==\S+$/, 'packages added'],
  [/^ *(?:━+|╸|[\d.]+\/[\d.]+ [kMG]B)|^ +[━╸╺─]{4,}/, 'progress'],
  // cargo, go
  [/^ +(?:Downloaded|Downloading|Compiling|Checking|Adding|Fresh|Unchanged|Locking) \S+ v\d/, 'crates'],
  [/^go: (?:downloading|extracting|finding) /, 'downloads'],
  // apt, dpkg, apk, dnf
  [/^(?:Get|Hit|Ign):\d+ /, 'fetched'],
  [
    /^(?:Selecting previously unselected package|Preparing to unpack|Unpacking|Inst|Conf) |^\(Reading database|^Setting up |^Processing triggers for |^update-alternatives: using /,
    'unpacked and set up',
  ],
  [/^\(\s*\d+\/\d+\) (?:Installing|Upgrading|Purging) /, 'packages'],
  [/^ +(?:Installing|Verifying|Preparing|Running scriptlet) *: .* \d+\/\d+ *$/, 'packages'],
  // brew, bundler, gem, composer
  [/^==> (?:Downloading|Fetching|Pouring|Downloaded) |^(?:Already downloaded|✔︎ \S+): /, 'downloads'],
  [
    /^(?:Fetching|Installing|Using) \S+ \d[\w.-]*(?: with native extensions)?$|^(?:Parsing|Installing ri|Done installing) documentation/,
    'gems',
  ],
  // docker pull, push and build
  [
    /^(?:[\w-]+ )?[0-9a-f]{12}:? (?:Pulling fs layer|Waiting|Verifying Checksum|Download complete|Pull complete|Already exists|Downloading|Extracting|Preparing|Pushed|Layer already exists|Mounted from)/,
    'layers',
  ],
  [
    /^#\d+ (?:sha256:|extracting sha256:|transferring |resolve |exporting (?:layers|manifest|config)|writing image|naming to|sending tarball|\.\.\.$)/,
    'layers and transfers',
  ],
  [/^ ---> [0-9a-f]{12}$|^ ---> (?:Running in|Using cache)|^Removing intermediate container /, 'steps'],
];

export const provisioning: Progress = [
  [/: Refreshing state\.\.\.(?: \[id=.*\])?$/, 'refreshed'],
  [/: Still (?:creating|destroying|modifying|reading)\.\.\. \[/, 'still at work'],
  [/: (?:Reading|Creating|Destroying|Modifying|Preparing import)\.\.\.(?: \[id=.*\])?$/, 'begun'],
  [/: Read complete after \S+(?: \[id=.*\])?$/, 'read'],
  [/^ +[+~-] .*= \(known after apply\)$/, 'known after apply'],
  [/^[\w./-]+(?:\.[\w.]+)?\/[\w.-]+ unchanged$/, 'unchanged'],
  [/^(?:ok|skipping|included): \[[^\]]+\]/, 'ok or skipped'],
];

/** What a line would be called in a note; undefined where it says something of its own. */
export function progressOf(line: string, progress: Progress): string | undefined {
  if (line.length > 600) return undefined;
  const inner = (line.startsWith('#') ? /^#\d+ \d+\.\d+ (.*)$/.exec(line)?.[1] : undefined) ?? line;
  // Most lines are none: one look for all of them.
  if (!anyOf(progress).test(inner)) return undefined;
  return progress.find(([pattern]) => pattern.test(inner))?.[1];
}

const joined = new WeakMap<Progress, RegExp>();

function anyOf(progress: Progress): RegExp {
  const known = joined.get(progress);
  if (known) return known;
  const any = new RegExp(progress.map(([{ source }]) => source).join('|'));
  joined.set(progress, any);
  return any;
}

/** `40 downloads, 12 build steps`, or the only one alone. */
export function tellProgress(names: readonly (string | undefined)[], from: number, until: number): string | undefined {
  const counts = new Map<string, number>();
  for (let at = from; at < until; at++) counts.set(names[at] ?? 'other', (counts.get(names[at] ?? 'other') ?? 0) + 1);
  const named = [...counts].sort((one, other) => other[1] - one[1]);
  return named.length === 1 ? named[0]?.[0] : named.map(([name, count]) => `${count} ${name}`).join(', ');
}
