/** How options of a launch, and those that may be given several times, are told to commander. */
import type { Command } from 'commander';
import { type OptionName, wrapOptions } from '../config.ts';

/** For an option that may come again: its values in their order. */
export const gather = (value: string, earlier: readonly string[] = []) => [...earlier, value];

/** `description`: what it does here, where that is not what it does for a launch. */
export function addWrapOption(command: Command, name: OptionName, description: string = wrapOptions[name].description): void {
  const option = wrapOptions[name];
  if ('repeats' in option) command.option(option.flag, description, gather);
  else command.option(option.flag, description);
}
