/** The lines of a text, without their ends. Splitting a big one takes longer than most of what is done with it: the last one stays split. */
import { rememberLast } from './remember-last.ts';

/** Not to be written to: whoever asks for the same text gets the same lines. */
export const linesOf: (text: string) => readonly string[] = rememberLast((text) => text.split('\n'));
