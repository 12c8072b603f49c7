/** The agents we can launch, in the order that help shows them. */
import type { Wrapper } from '../src/launch/wrapper.ts';
import { aider } from './aider.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';

export const wrappers: readonly Wrapper[] = [claude, aider, codex];
