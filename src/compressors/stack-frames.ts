/**
 * Frames of stack traces (Java and Kotlin, JavaScript, Python, Go, Rust, .NET, Ruby): which lines are frames of libraries, and whose. A
 * frame that is not surely a library's is the user's.
 */

/** A frame: the library it is in, or undefined for the user's own. */
interface Frame {
  readonly library: string | undefined;
  /** Lines below that belong to it. */
  readonly below: number;
}

/** UTF-16 units of a line that may be a frame. */
const mostLength = 600;

/** One line of a frame. */
export interface FrameLine {
  /** Empty for the user's own. */
  readonly library: string;
  readonly opens: boolean;
}

/** Undefined for lines that are no part of a frame. */
export function readFrames(lines: readonly string[]): (FrameLine | undefined)[] {
  const frames: (FrameLine | undefined)[] = new Array(lines.length).fill(undefined);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.length > mostLength) continue;
    const frame = readFrame(line, lines, at);
    if (!frame) continue;
    for (let of = at; of <= at + frame.below; of++) frames[of] = { library: frame.library ?? '', opens: of === at };
    at += frame.below;
  }
  return frames;
}

/**
 * Takes library frames out of what is shown, but for the first and last of each run: one is where the error arose, the other what the
 * user's code called.
 */
export function keepFrames(frames: readonly (FrameLine | undefined)[], keeps: boolean[]): void {
  for (let at = 0; at < frames.length; at++) {
    if (!frames[at]?.library) continue;
    let end = at + 1;
    while (end < frames.length && frames[end]?.library) end++;
    let from = at + 1;
    while (from < end && !frames[from]?.opens) from++;
    let until = end - 1;
    while (until > from && !frames[until]?.opens) until--;
    for (let hidden = from; hidden < until; hidden++) keeps[hidden] = false;
    at = end;
  }
}

/** `frames in org.springframework, node`; undefined where the lines are not all frames of libraries. */
export function tellFrames(frames: readonly (FrameLine | undefined)[], from: number, until: number): string | undefined {
  const counts = new Map<string, number>();
  for (let at = from; at < until; at++) {
    const library = frames[at]?.library;
    if (!library) return undefined;
    counts.set(library, (counts.get(library) ?? 0) + 1);
  }
  const named = [...counts].sort((one, other) => other[1] - one[1]).slice(0, 3);
  return `frames in ${named.map(([library]) => library).join(', ')}${counts.size > named.length ? ' and others' : ''}`;
}

const java = /^\s+at ((?:[\w.@-]+\/{1,2})?[\w$.]+)\.[\w$<>-]+\((?:[^()]*)\)(?: ~?\[[^\]]*\])?\s*$/;
const script =
  /^\s+at (?:(?:async |new )*[^\s()][^()]* \()?((?:node:|file:\/\/|webpack-internal:|[A-Za-z]:[\\/]|\.{0,2}\/|[\w@.-]+\/|internal\/|<anonymous>|native)[^\s()]*)\)?\s*$/;
const python = /^\s*(?:\| +)?File "([^"]+)", line \d+(?:, in .*)?$/;
const goPlace = /^\t((?:\/|[A-Za-z]:)[^\s:]*\.(?:go|s)):\d+(?: \+0x[0-9a-f]+)?$/;
const rustSymbol = /^ {1,4}\d+: +(?:0x[0-9a-f]+ - )?(\S.*)$/;
const rustPlace = /^ +at ((?:\/|\.\/|[A-Za-z]:)[^\s:]+):\d+(?::\d+)?$/;
const rustStandard = /^<*(?:std|core|alloc|__rustc|rust_begin_unwind)(?:\[[0-9a-f]+\])?(?:::|$)/;
const dotnet = /^\s+at ([\w.`+<>[\],]+)\.[\w<>.|`[\],$]+\([^()]*\)(?: in (.+):line \d+)?\s*$/;
const ruby = /^\s+(?:from |\d+: from )?(\/[^\s:]+\.rb):\d+:in [`'].*'$/;

function readFrame(line: string, lines: readonly string[], at: number): Frame | undefined {
  const named = java.exec(line);
  if (named) return { library: javaLibrary(named[1] ?? '') ?? dotnetLibrary(line), below: 0 };
  const placed = script.exec(line);
  if (placed) return { library: scriptLibrary(placed[1] ?? ''), below: 0 };
  if (dotnet.test(line)) return { library: dotnetLibrary(line), below: 0 };
  const file = python.exec(line);
  if (file) return { library: pythonLibrary(file[1] ?? ''), below: codeBelow(lines, at) };
  const next = lines[at + 1] ?? '';
  const go =
    next.startsWith('\t') && /^(?:created by )?[\w./*()[\]-]+(?:\(.*\)| in goroutine \d+)?$/.test(line) ? goPlace.exec(next) : null;
  if (go) return { library: goLibrary(go[1] ?? ''), below: 1 };
  const symbol = rustSymbol.exec(line);
  const rust = symbol ? rustPlace.exec(next) : null;
  if (symbol && (rust || rustStandard.test(symbol[1] ?? '')))
    return { library: rustLibrary(symbol[1] ?? '', rust?.[1] ?? ''), below: rust ? 1 : 0 };
  const gem = ruby.exec(line);
  return gem ? { library: rubyLibrary(gem[1] ?? ''), below: 0 } : undefined;
}

/** The line of code that Python prints below a frame, and the carets below that. */
function codeBelow(lines: readonly string[], at: number): number {
  const depth = /^[\s|]*/.exec(lines[at] ?? '')?.[0].length ?? 0;
  const isBelow = (line: string | undefined): boolean =>
    line !== undefined && line.trim() !== '' && (/^[\s|]*/.exec(line)?.[0].length ?? 0) > depth && !python.test(line);
  if (!isBelow(lines[at + 1])) return 0;
  return /^[\s|]*[~^][\s~^]*$/.test(lines[at + 2] ?? '') ? 2 : 1;
}

const javaLibraries =
  /^(?:java\.base\/|java\.[\w.]+\/|jdk\.[\w.]+\/|app\/\/?)?(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|clojure|org\.springframework|org\.apache|org\.hibernate|org\.junit|org\.testng|org\.mockito|org\.eclipse|org\.gradle|org\.codehaus|org\.jboss|org\.glassfish|org\.postgresql|org\.slf4j|org\.mozilla|io\.netty|io\.micrometer|io\.reactivex|io\.grpc|io\.vertx|io\.undertow|io\.quarkus|io\.opentelemetry|reactor|rx|akka|play|okhttp3|okio|retrofit2|feign|net\.bytebuddy|com\.fasterxml|com\.google|com\.zaxxer|com\.mysql|com\.netflix|com\.intellij|com\.mongodb|ch\.qos|android|androidx|dalvik)\.(?:[\w$]+)/;

function javaLibrary(name: string): string | undefined {
  const library = javaLibraries.exec(name)?.[0];
  if (library === undefined) return undefined;
  const plain = library.slice(library.lastIndexOf('/') + 1).split('.');
  return plain.slice(0, /^(?:org|com|io|net|ch)$/.test(plain[0] ?? '') ? 3 : 1).join('.');
}

function scriptLibrary(path: string): string | undefined {
  if (/^(?:node:|internal\/|<anonymous>$|native$)/.test(path)) return 'node';
  const from = Math.max(path.lastIndexOf('/node_modules/'), path.lastIndexOf('\\node_modules\\'));
  if (from < 0) return path.startsWith('node_modules/') ? path.split('/')[1] : undefined;
  const parts = path.slice(from + '/node_modules/'.length).split(/[\\/]/);
  return parts[0]?.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

function pythonLibrary(path: string): string | undefined {
  if (path.startsWith('<frozen')) return 'python';
  const [, inside] = /[\\/](?:site|dist)-packages[\\/]([\w.-]+)/.exec(path) ?? [];
  if (inside !== undefined) return inside.replace(/\.py$/, '');
  return /[\\/]lib(?:64)?[\\/]python\d[\d.]*[\\/]/i.test(path) ? 'python' : undefined;
}

function goLibrary(path: string): string | undefined {
  const [, module] = /\/pkg\/mod\/([^@]+)@/.exec(path) ?? [];
  if (module !== undefined) return module;
  return /\/(?:usr\/local\/go|libexec|go\d[\w.]*|hostedtoolcache\/go\/[^/]+\/[^/]+|toolchain@[^/]+)\/src\//.test(path) ? 'go' : undefined;
}

function rustLibrary(symbol: string, path: string): string | undefined {
  if (/^\/rustc\//.test(path)) return 'rust';
  const [, crate] = /[\\/]registry[\\/]src[\\/][^\\/]+[\\/]([\w-]+?)-\d/.exec(path) ?? [];
  return crate ?? (rustStandard.test(symbol) ? 'rust' : undefined);
}

function dotnetLibrary(line: string): string | undefined {
  const [, name = '', place] = dotnet.exec(line) ?? [];
  return place === undefined && /^(?:System|Microsoft|Newtonsoft|NUnit|Xunit|Castle|Npgsql|Serilog|Grpc)\b/.test(name)
    ? name.split('.').slice(0, 2).join('.')
    : undefined;
}

function rubyLibrary(path: string): string | undefined {
  const [, gem] = /\/gems\/([\w-]+?)-\d[^/]*\//.exec(path) ?? [];
  return gem ?? (/\/lib\/ruby\/\d/.test(path) ? 'ruby' : undefined);
}
