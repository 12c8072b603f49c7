/** The npm package `headroom-ai`, its client and its adapters, against a proxy of ours. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { chat, claude, gemini, log, vercel } from './callers-talks.ts';
import type { Checks } from './checks.ts';

const client = { name: 'headroom-ai', version: '0.37.0' };

type Json = Record<string, unknown>;

/** What is called of it; it ships types, and is not here when ours are checked. */
interface HeadroomAi {
  readonly compress: (messages: unknown, options: Json) => Promise<Json>;
  readonly HeadroomClient: new (options: Json) => Record<string, (...words: unknown[]) => Promise<unknown>>;
  readonly HeadroomAuthError: new () => Error;
}

export async function checkClient(checks: Checks, base: string, closedBase: string, token: string): Promise<void> {
  const folder = install(client.name, client.version);
  console.log(`npm ${client.name} ${client.version}`);
  const load = <T>(file: string) => import(pathToFileURL(join(folder, 'dist', file)).href) as Promise<T>;
  const { compress, HeadroomClient, HeadroomAuthError } = await load<HeadroomAi>('index.js');
  // Without its fallback, which would hide that nothing answers.
  const options = { baseUrl: base, fallback: false, retries: 0 };

  const result = await compress(chat, { ...options, model: 'gpt-5.2' });
  const { tokensBefore: before, tokensAfter: after, tokensSaved: saved, compressionRatio: ratio } = result as Record<string, number>;
  const [hash = ''] = result.ccrHashes as string[];
  const whole = { compressed: result.compressed, sum: before! - after! === saved, ratio: ratio === after! / before! };
  checks.equal('compress: all its fields are there and add up', JSON.stringify(whole), '{"compressed":true,"sum":true,"ratio":true}');
  checks.check(
    'compress: really smaller',
    after! < before! / 5 && `${JSON.stringify(result.messages)}`.includes(`headroom_retrieve ${hash}]`),
  );
  checks.check('compress: says by what', (result.transformsApplied as string[]).includes('excerpts'), JSON.stringify(result));
  for (const [name, messages] of Object.entries({ Anthropic: claude, 'Vercel AI': vercel, Gemini: gemini })) {
    const other = await compress(messages, { ...options, model: 'm' });
    const text = JSON.stringify(other.messages);
    const isSmaller = Number(other.tokensSaved) > 1000 && text.length < JSON.stringify(messages).length / 3;
    checks.check(`compress: messages of ${name}`, isSmaller, text.slice(0, 800));
  }
  const longer = await compress([...chat, { role: 'assistant', content: 'So.' }], { ...options, model: 'gpt-5.2' });
  checks.equal(
    'compress: a longer conversation extends the shorter',
    JSON.stringify((longer.messages as unknown[]).slice(0, 6)),
    JSON.stringify(result.messages),
  );

  const headroom = new HeadroomClient(options);
  const original = (await headroom.retrieve!(hash)) as Json;
  checks.equal('retrieve: all of it', String(original.originalContent), log);
  checks.check(
    'retrieve: its figures',
    original.originalItemCount === 300 && Number(original.originalTokens) > 2000 && Number(original.retrievalCount) > 0,
  );
  const found = (await headroom.retrieve!(hash, { query: '/items/77 ' })) as Json;
  checks.equal('retrieve: by a query', JSON.stringify([found.count, found.results]), JSON.stringify([1, [`78:${log.split('\n')[77]}`]]));
  const missing = await headroom.retrieve!('0123456789abcdef').catch((thrown: Error & { statusCode?: number }) => thrown.statusCode);
  checks.equal('retrieve: of none is told', String(missing), '404');
  const toolCall = { id: 't', name: 'headroom_retrieve', input: { hash } };
  const handled = (await headroom.handleToolCall!({ toolCall, provider: 'anthropic' })) as Json;
  checks.equal('handleToolCall: the original', String((handled.data as Json).originalContent), log);
  const noModel = await headroom.compressRaw!({ messages: [] }).catch((thrown: Error & { errorType?: string }) => thrown.errorType);
  checks.equal('compress: without a model is told', String(noModel), 'invalid_request');
  const health = (await headroom.health!()) as Json;
  checks.check(
    'health',
    health.status === 'healthy' && typeof health.version === 'string' && (health.config as Json).optimize === true,
    JSON.stringify(health),
  );
  checks.check('validateSetup', ((await headroom.validateSetup!()) as Json).valid === true);
  const stats = (await headroom.proxyStats!()) as Record<string, Json>;
  checks.check(
    'proxyStats',
    stats.requests!.total === 5 && Number(stats.tokens!.saved) > 5000 && stats.compression!.ccrRetrievals === 3,
    JSON.stringify(stats).slice(0, 900),
  );
  const summary = (await headroom.getSummary!()) as Json;
  checks.check('getSummary', summary.totalRequests === 5 && Number(summary.totalTokensAfter) > 0, JSON.stringify(summary));
  checks.check('getMetrics', ((await headroom.getMetrics!({ model: 'gpt-5.2' })) as Json[]).length === 2);
  checks.check('prometheusMetrics', String(await headroom.prometheusMetrics!()).includes('\nheadroom_requests_total 5\n'));

  const refused = await new HeadroomClient({ ...options, baseUrl: closedBase }).compress!(chat).catch((thrown: unknown) => thrown);
  checks.check('without the token: its error for it', refused instanceof HeadroomAuthError, String(refused));
  const shown = (await new HeadroomClient({ ...options, baseUrl: closedBase, apiKey: token }).compress!(chat)) as Json;
  checks.check('with the token: it compresses', Number(shown.tokensSaved) > 5000);
  await checkAdapters(checks, options, load, hash);
}

/** The adapters around real SDKs: what reaches the provider. */
async function checkAdapters(checks: Checks, options: Json, load: <T>(file: string) => Promise<T>, hash: string): Promise<void> {
  const bodies: string[] = [];
  const provider = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      response.setHeader('content-type', 'application/json');
      response.end('{"id":"x","type":"message","role":"assistant","content":[],"choices":[]}');
    });
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const baseURL = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  type With = { readonly withHeadroom: <T>(client: T, options: Json) => T };
  try {
    const openai = (await load<With>('adapters/openai.js')).withHeadroom(new OpenAI({ apiKey: 'k', baseURL, maxRetries: 0 }), options);
    await openai.chat.completions.create({ model: 'gpt-5.2', messages: chat as OpenAI.ChatCompletionMessageParam[] });
    const anthropic = (await load<With>('adapters/anthropic.js')).withHeadroom(
      new Anthropic({ apiKey: 'k', baseURL, maxRetries: 0 }),
      options,
    );
    await anthropic.messages.create({ model: 'claude-opus-5-5', max_tokens: 9, messages: claude as Anthropic.MessageParam[] });
    for (const [at, name] of ['openai', '@anthropic-ai/sdk'].entries()) {
      const body = bodies[at] ?? '';
      checks.check(`withHeadroom: what ${name} sends is smaller`, body.includes(hash) && body.length < log.length / 3, body.slice(0, 800));
    }
    type Middleware = { readonly headroomMiddleware: (options: Json) => { transformParams: (given: Json) => Promise<Json> } };
    const { headroomMiddleware } = await load<Middleware>('adapters/vercel-ai.js');
    const params = JSON.stringify(await headroomMiddleware(options).transformParams({ params: { prompt: vercel } }));
    checks.check(
      'headroomMiddleware: the prompt is smaller',
      params.includes(hash) && params.length < log.length / 3,
      params.slice(0, 800),
    );
  } finally {
    provider.closeAllConnections();
    provider.close();
  }
}

/** The folder of a package, without what it might need beside itself. */
function install(name: string, version: string): string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'headroom-e2e');
  const folder = join(cache, `npm-${name}-${version}`);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const fresh = mkdtempSync(join(cache, 'installing-'));
    try {
      const flags = ['--no-audit', '--no-fund', '--no-save', '--omit=peer', '--ignore-scripts', '--loglevel=error', '--prefix', fresh];
      execFileSync('npm', ['install', ...flags, `${name}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'], cwd: fresh });
      if (!existsSync(folder)) renameSync(fresh, folder);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  return join(folder, 'node_modules', name);
}
