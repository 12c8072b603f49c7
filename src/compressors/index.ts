/** The compressors, in the order in which they are asked. */
import type { Compressor } from './compressor.ts';
import { search } from './search.ts';
import { terminal } from './terminal.ts';

export const compressors: readonly Compressor[] = [terminal, search];
