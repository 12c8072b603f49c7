/**
 * JSON that tools and services return: as an outline, its arrays of objects as tables. Never what a file holds: there JSON is text
 * that the agent edits.
 */
import { printsFile } from '../text/prints-file.ts';
import type { Compressor } from './compressor.ts';
import { excerptJson } from './json/json-excerpt.ts';
import { readText, writeText } from './json/json-text.ts';

/** A line that opens a value, one that is a long one, or several that are one each. */
const inText = /^[[{]$|^[[{]["[{].{150}|(?:^\{".*\}\n){2}/m;

export const json: Compressor = {
  kind: 'json',
  lever: 'JSON tables',
  claim: ({ text, call }) => {
    if (printsFile(call) || /^JSON(?: lines)? \([^()\n]*\) as /m.test(text)) return 0;
    if (/^\s*[[{]/.test(text) && /[\]}]\s*$/.test(text)) return 0.9;
    return inText.test(text) ? 0.6 : 0;
  },
  shrink: ({ text }) => {
    const written = writeText(text);
    return written && { text: written.lines.join('\n'), form: 'invertible', inverse: readText };
  },
  excerpt: excerptJson,
};
