/** The adapters as they are published: beside the SDKs that a user has: by the README's examples, and by their types. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { answer, ask, log } from './helpers/big-result.ts';
import { type InstalledPackage, installPackage, root } from './helpers/installed-package.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';
import { messageSpellings } from './helpers/message-spellings.ts';
import { answerSdk } from './helpers/sdk-cases.ts';

const sdks = ['@ai-sdk', '@anthropic-ai', '@langchain', '@types', 'ai', 'openai', 'undici-types', 'zod'];
let installed: InstalledPackage;
beforeAll(() => {
  installed = installPackage(inject('dist'), sdks);
});
afterAll(() => installed.remove());

const closing = closesAfterEach();

async function run(file: string, variables: Record<string, string>): Promise<string> {
  const { environment, project } = installed;
  return (await promisify(execFile)(process.execPath, [file], { cwd: project, env: { ...environment, ...variables } })).stdout;
}

/** The messages of the examples, as each SDK spells them. */
const histories: Readonly<Record<string, string>> = {
  Anthropic: JSON.stringify([{ role: 'user', content: 'why?' }, ask('a'), answer('a')]),
  OpenAI: JSON.stringify(spelled('openai')),
  'Vercel AI SDK': JSON.stringify(spelled('vercel')),
  'LangChain.js': JSON.stringify(spelled('openai')),
};

function spelled(format: string): readonly unknown[] {
  return messageSpellings
    .find((each) => each.format === format)!
    .spell([{ role: 'user', content: 'why?' }, ask('a'), answer('a')] as never);
}

describe('the README', () => {
  const [, section = ''] = /\n## In other SDKs\n(.*?)\n## /s.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  const pages = section.split('\n### ').slice(1);

  test('has a page for each', () => {
    expect(pages.map((page) => /'headroom-wrap\/(.*?)'/.exec(page)?.[1]).sort()).toEqual(['anthropic', 'langchain', 'openai', 'vercel-ai']);
  });

  test.each(pages.map((page) => [page.split('\n')[0]!, page]))('runs as it stands there: %s', async (title, page) => {
    const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
    const upstream = await closing(startUpstream(answerSdk));
    const given = `globalThis.AI_SDK_LOG_WARNINGS = false;\nconst history = ${histories[title]};\nconst items = ${JSON.stringify(spelled('responses'))};\n`;
    const base = title === 'Vercel AI SDK' ? `${upstream.url}/v1` : upstream.url;
    const variables = { ANTHROPIC_BASE_URL: base, OPENAI_BASE_URL: `${upstream.url}/v1`, ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' };
    const printed = await run(installed.write('example.mjs', given + code), variables);
    expect(printed).toMatch(/^(?:\d+ -> \d+ tokens\n)?ok(?: ok)?\n$/);
    expect(upstream.requests.length).toBeGreaterThan(0);
    for (const { body } of upstream.requests) {
      expect(body.toString()).toContain('the disk is full');
      expect(body.toString()).toContain('not shown');
      expect(body.length).toBeLessThan(log.length / 2);
    }
  });
});

describe('the types', () => {
  const source = `
    import Anthropic from '@anthropic-ai/sdk';
    import { createAnthropic } from '@ai-sdk/anthropic';
    import { ChatAnthropic } from '@langchain/anthropic';
    import { type LanguageModelMiddleware, wrapLanguageModel } from 'ai';
    import OpenAI, { AzureOpenAI } from 'openai';
    import { type AdapterOptions, withHeadroom as withAnthropic } from 'headroom-wrap/anthropic';
    import { withHeadroom as withChatModel } from 'headroom-wrap/langchain';
    import { withHeadroom as withOpenAI } from 'headroom-wrap/openai';
    import { compressVercelMessages, headroomMiddleware, withHeadroom as withModel } from 'headroom-wrap/vercel-ai';
    const options: AdapterOptions = { profile: 'lossless', tokenBudget: 5, onCompressed: ({ tokensSaved }) => tokensSaved.toFixed() };
    export const anthropic: Anthropic = withAnthropic(new Anthropic(), options);
    export const openai: OpenAI = withOpenAI(new OpenAI());
    export const azure: AzureOpenAI = withOpenAI(new AzureOpenAI());
    const middleware: LanguageModelMiddleware = headroomMiddleware({ recovery: 'tool' });
    export const model = wrapLanguageModel({ model: withModel(createAnthropic()('m')), middleware });
    export const chat: ChatAnthropic = withChatModel(new ChatAnthropic({}), options);
    export const text: Promise<{ messages: { role: 'user'; content: string }[] }> = compressVercelMessages([{ role: 'user', content: 'hi' }]);
    // @ts-expect-error It is no client of that SDK.
    withAnthropic(new OpenAI());
    // @ts-expect-error It is no client at all.
    withOpenAI({});
    // @ts-expect-error There is no such profile.
    headroomMiddleware({ profile: 'tiny' });
    // @ts-expect-error It is no model.
    withModel('m');
    // @ts-expect-error It is no chat model.
    withChatModel(new OpenAI());`;

  test.each([
    ['an ES module', 'types.mts', 'nodenext', 'nodenext'],
    ['a bundler', 'bundled.ts', 'esnext', 'bundler'],
  ])('fit those of the SDKs, for %s', (_, name, module, moduleResolution) => {
    // The SDKs' own declarations are not ours to check.
    const settings = { module, moduleResolution, types: ['node'], skipLibCheck: true, preserveSymlinks: true };
    expect(installed.compile(name, source, settings)).toBe('');
  });
});
