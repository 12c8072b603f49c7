/** How a model's own count compares with o200k: an estimate, for showing to people, never for deciding. */

/**
 * The factor from o200k tokens to what the provider bills. No tokenizer for Claude is public: 1.18 was measured up to 4.6 and about 1.5
 * from Opus 4.7 and the 5 series on. Other models: 1.
 */
export function familyFactor(model: string | undefined): number {
  if (!model || !/claude/i.test(model)) return 1;
  const [, major, minor = '0'] = /-(\d{1,2})(?:-(\d{1,2}))?(?![\d])/.exec(model) ?? [];
  if (major === undefined) return 1.5;
  return Number(major) + Number(minor) / 100 >= 4.07 ? 1.5 : 1.18;
}
