/** The agents we can launch, in the order that help shows them. */
import type { ListedWrapper } from '../src/launch/wrapper.ts';
import { aider } from './aider.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { cursor } from './cursor.ts';

export const wrappers: readonly ListedWrapper[] = [claude, aider, codex, cursor];
