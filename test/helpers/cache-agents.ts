/** Agents of a simulated world: what they ask, how their requests are spelled, and what of them a provider sees. */
import type { PromptPart } from './provider-cache.ts';

export interface Message {
  readonly role: string;
  readonly content: { type: string; [member: string]: unknown }[];
}

export interface Agent {
  messages: Message[];
  model: string;
  system: string;
  life: '5m' | '1h';
  /** What of its system prompt changes with every request, and is no part of the provider's cache. */
  readonly noise: 'none' | 'billing' | 'unknown';
  thinks: boolean;
  log: string[];
}

type Dice = (sides: number) => number;

/** The model's turn, and what a tool returned. */
export function extend(agent: Agent, dice: Dice, id: string): void {
  const name = pick(dice, ['Bash', 'Read']);
  const file = `/project/file-${dice(3)}.ts`;
  const input = name === 'Bash' ? { command: pick(dice, ['npm test', 'git status', 'ls -la', 'cat notes.md']) } : { file_path: file };
  const lines = Array.from({ length: 20 + dice(60) }, (_, at) =>
    name === 'Read' ? `${at + 1}\tline ${at} of ${file} ${dice(40) === 0 ? words(dice, 3) : ''}` : words(dice, 6),
  );
  agent.messages = [
    ...agent.messages,
    {
      role: 'assistant',
      content: [
        { type: 'text', text: words(dice, 5) },
        { type: 'tool_use', id, name, input },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: lines.join('\n') }] },
  ];
}

export function words(dice: Dice, count: number): string {
  return Array.from({ length: count }, () => pick(dice, vocabulary)).join(' ');
}

/** `noise`: what differs in every request. */
export function spell({ messages, model, system, life, noise, thinks }: Agent, serial: number): string {
  const mark = { cache_control: { type: 'ephemeral', ttl: life } };
  const own = { none: [], billing: [`x-anthropic-billing-header: cch=${serial}`], unknown: [`request ${serial}`] }[noise];
  const texts = [...own, system].map((text) => ({ type: 'text', text }));
  const marked = messages.map(({ role, content }, at) =>
    at < messages.length - 1
      ? { role, content }
      : { role, content: content.map((part, n) => (n === content.length - 1 ? { ...part, ...mark } : part)) },
  );
  const tools = [{ name: 'Bash', description: 'x'.repeat(5000), input_schema: {} }];
  return JSON.stringify({
    model,
    messages: marked,
    system: texts,
    tools,
    ...(thinks ? { thinking: { type: 'enabled' } } : {}),
    stream: true,
  });
}

export function pick<T>(dice: Dice, list: readonly T[]): T {
  return list[dice(list.length)]!;
}

const vocabulary = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon'.split(' ');

export function cleared({ role, content }: Message): Message {
  return {
    role,
    content: content.map((part) => (part.type === 'tool_result' ? { ...part, content: '[Old tool result content cleared]' } : part)),
  };
}

/** The prompt as the provider sees it: tools, system and messages, block by block. */
export function partsOf(received: string, sent: string, noise: Agent['noise']): PromptPart[] {
  const [one, other] = [blocksOf(received, noise), blocksOf(sent, noise)];
  return one.map(({ text, life }, at) => ({ received: text, sent: other[at]!.text, life }));
}

function blocksOf(body: string, noise: Agent['noise']): { text: string; life: number | undefined }[] {
  const { tools, system, messages } = JSON.parse(body) as { tools: object[]; system: object[]; messages: Message[] };
  const all = [...tools, ...(noise === 'none' ? system : system.slice(1)), ...messages.flatMap(({ content }) => content)];
  return all.map((block) => {
    const { cache_control: mark, ...rest } = block as { cache_control?: { ttl: string } };
    return { text: JSON.stringify(rest), life: mark && (mark.ttl === '1h' ? 3600 : 300) };
  });
}
