/** Which upstream serves a request, where an agent speaks several APIs. Each is loaded when it is first asked for. */
import type { Protocol } from '../protocols/protocol.ts';
import type { Forwarder } from './forwarder.ts';
import type { ProxySettings, Upstream } from './records.ts';
import { readAddress } from './upstream-address.ts';

export interface Route {
  /** Base URL, as the settings spell it. */
  readonly url: string;
  /** Host and port, without user name and password. */
  readonly host: string;
  /** Who is on the other side, for messages. */
  readonly name: string;
  readonly forwarder: () => Promise<Forwarder>;
}

export interface Upstreams {
  /** Takes a name out of the path, `/@NAME/...`, where an upstream has it: an agent that asks several providers in one API needs that. */
  take(target: string): { readonly target: string; readonly named: Route | undefined };
  /** The protocol that serves the request decides; where none does, the path. */
  choose(protocol: Protocol | undefined, path: string): Route;
  /** The one for whatever belongs to no other. */
  readonly main: Route;
  close(): Promise<void>;
}

/** Throws a `Failure` where an address is none. */
export function createUpstreams({ upstream, upstreams = {} }: ProxySettings): Upstreams {
  const loaded = new Map<Upstream, Promise<Forwarder>>();
  const routeTo = (settings: Upstream): Route => {
    const address = readAddress(settings);
    const load = () => {
      const known = loaded.get(settings);
      if (known) return known;
      // With it come TLS and http-proxy, a third of the way to the agent's start.
      const forwarder = import('./forwarder.ts').then(({ createForwarder }) => createForwarder(settings, address));
      loaded.set(settings, forwarder);
      return forwarder;
    };
    return { url: settings.url, host: address.base.host, name: address.description, forwarder: load };
  };
  const main = routeTo(upstream);
  const routes = new Map(Object.entries(upstreams).map(([family, settings]) => [family, routeTo(settings)]));
  return {
    main,
    take(target) {
      const [, name = '', rest = ''] = /^\/@([\w.-]+)(?=[/?]|$)(.*)$/s.exec(target) ?? [];
      const named = routes.get(name);
      return named ? { target: rest.startsWith('/') ? rest : `/${rest}`, named } : { target, named };
    },
    choose: (protocol, path) => routes.get(protocol?.family ?? familyOfPath(path)) ?? main,
    close: async () => {
      for (const forwarder of loaded.values()) (await forwarder.catch(() => undefined))?.close();
    },
  };
}

/** Of what no protocol reads: other endpoints of the same providers. */
function familyOfPath(path: string): string {
  if (/\/v1\/(?:messages|complete)(?:\/|$)/.test(path)) return 'anthropic';
  return /\/(?:chat\/completions|completions|responses|embeddings|moderations|images|audio)(?:\/|$)/.test(path) ? 'openai' : '';
}
