/** Stack traces in any output: messages, causes and the user's own frames stay, long runs of library frames are counted. */
import { linesOf } from '../text/lines-of.ts';
import { rememberLast } from '../text/remember-last.ts';
import { commandOf, showsFiles } from '../text/tool-call.ts';
import type { Compressor } from './compressor.ts';
import { type FrameLine, keepFrames, readFrames, tellFrames } from './stack-frames.ts';

/** Library frames below which a text is not worth it. */
const leastFrames = 12;

export const stackTraces: Compressor = {
  kind: 'stack-traces',
  lever: 'stack frames',
  claim: ({ text, call }) => {
    if (showsFiles(call) || /\b(rg|grep|git grep)\b/.test(commandOf(call) ?? call?.tool ?? '')) return 0;
    if (!/^[ \t]+at \S|^[ \t]*File "|^\t\/.*\.go:\d|^ +at \/|\.rb:\d+:in /m.test(text)) return 0;
    return libraryFrames(framesOf(text)) >= leastFrames ? 0.55 : 0;
  },
  shrink: () => undefined,
  excerpt: ({ text }) => {
    const frames = framesOf(text);
    const keeps = frames.map(() => true);
    keepFrames(frames, keeps);
    return { keeps, tell: (from, until) => tellFrames(frames, from, until) };
  },
};

const framesOf = rememberLast((text) => readFrames(linesOf(text)));

function libraryFrames(frames: readonly (FrameLine | undefined)[]): number {
  return frames.reduce((sum, frame) => sum + (frame?.library ? 1 : 0), 0);
}
