/**
 * JSON that tools and services return: as an outline, its arrays of objects as tables. Never what a file holds: there JSON is text
 * that the agent edits.
 */
import { printsFile } from '../text/prints-file.ts';
import type { Compressor } from './compressor.ts';
import { excerptJson } from './json-excerpt.ts';
import { readText, writeText } from './json-text.ts';

export const json: Compressor = {
  kind: 'json',
  lever: 'JSON tables',
  claim: ({ text, call }) => {
    if (printsFile(call) || /^JSON(?: lines)? \(/m.test(text)) return 0;
    if (/^\s*[[{]/.test(text) && /[\]}]\s*$/.test(text)) return 0.9;
    return /^(?:[[{]$|[[{].*[\]}]$|[[{]["[{])/m.test(text) ? 0.6 : 0;
  },
  shrink: ({ text }) => {
    const written = writeText(text);
    return written && { text: written.lines.join('\n'), form: 'invertible', inverse: readText };
  },
  excerpt: excerptJson,
};
