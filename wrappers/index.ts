/** The agents we can launch, in the order that help shows them. */
import type { Wrapper } from '../src/launch/wrapper.ts';
import { claude } from './claude.ts';

export const wrappers: readonly Wrapper[] = [claude];
