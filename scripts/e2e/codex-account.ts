/** What Codex asks of ChatGPT beside the model: which workspaces an account has. It asks over HTTPS only; the login is signed by nobody. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';

const certificates = resolve(import.meta.dirname, '..', '..', 'test', 'fixtures', 'tls');
const id = 'account-1';

export interface ChatGpt {
  readonly url: string;
  /** For the environment of who asks it. */
  readonly authority: string;
  close(): void;
}

export async function startChatGpt(): Promise<ChatGpt> {
  const anywhere = { workspace_backend_origin: 'NO_CONSTRAINT', account_routing_override: 'NO_CONSTRAINT' };
  const account = {
    id,
    account_user_id: `user__${id}`,
    structure: 'personal',
    plan_type: 'plus',
    is_default: true,
    name: null,
    ...anywhere,
  };
  const accounts = JSON.stringify({ accounts: [account], account_ordering: [id], default_account_id: id });
  const read = (name: string) => readFileSync(join(certificates, name));
  const server = createServer({ key: read('server-key.pem'), cert: read('server.pem') }, (request, response) => {
    const isKnown = request.url?.endsWith('/wham/accounts/check') ?? false;
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' }).end(isKnown ? accounts : '{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    authority: join(certificates, 'ca.pem'),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** As Codex keeps a login. */
export function logIn(home: string): void {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const account = { chatgpt_plan_type: 'plus', chatgpt_account_id: id, chatgpt_user_id: 'user-1' };
  const claims = { email: 'ada@example.org', exp: Math.floor(Date.now() / 1000) + 86_400, 'https://api.openai.com/auth': account };
  const token = `${part({ alg: 'none' })}.${part(claims)}.${part({})}`;
  const tokens = { id_token: token, access_token: token, refresh_token: 'dummy', account_id: id };
  mkdirSync(join(home, '.codex'), { recursive: true });
  const auth = { auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens, last_refresh: new Date().toISOString() };
  writeFileSync(join(home, '.codex', 'auth.json'), JSON.stringify(auth), { mode: 0o600 });
}
