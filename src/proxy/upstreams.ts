/** Which upstream serves a request, where an agent speaks several APIs. Each is loaded when it is first asked for. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Protocol } from '../protocols/protocol.ts';
import { familiesOf, guessFamily, regionOf } from './api-family.ts';
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
  /** The path decides, and the protocol that serves the request; where there is no main one, what the headers tell. */
  choose(protocol: Protocol | undefined, path: string, headers: IncomingHttpHeaders): Route;
  /** The one for whatever belongs to no other; without one, such requests have no reply. */
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
  const main = upstream ? routeTo(upstream) : nowhere;
  const regional = createRegions(routeTo);
  const routes = new Map(Object.entries(upstreams).map(([family, settings]) => [family, routeTo(settings)]));
  return {
    main,
    take(target) {
      const [, name = '', rest = ''] = /^\/@([\w.-]+)(?=[/?]|$)(.*)$/s.exec(target) ?? [];
      const named = routes.get(name);
      return named ? { target: rest.startsWith('/') ? rest : `/${rest}`, named } : { target, named };
    },
    choose(protocol, path, headers) {
      const families = familiesOf(protocol?.family, path);
      const [closest = guessFamily(path, headers)] = families;
      // Without a main one they are strangers to each other: the closest family has it, or nobody.
      const family = upstream === undefined ? closest : families.find((each) => routes.has(each));
      if (family === undefined) return main;
      if (family === 'bedrock' && upstream === undefined) return routes.get(family) ?? noRegion;
      return (family === 'vertex' ? regional(upstreams[family], path) : undefined) ?? routes.get(family) ?? main;
    },
    close: async () => {
      for (const forwarder of loaded.values()) (await forwarder.catch(() => undefined))?.close();
    },
  };
}

/** For requests of which nobody knows where they belong: a key that is sent to a stranger is a key lost. */
function nowhereTo(name: string, reason: string): Route {
  return { url: '', host: '', name, forwarder: () => Promise.reject(new Error(reason)) };
}

const nowhere = nowhereTo('any upstream', 'none is known for such a path, `--upstream URL` names one');
const noRegion = nowhereTo('Bedrock', 'its region is not known, AWS_REGION or `--upstream bedrock=URL` names it');

const worldwide = 'aiplatform.googleapis.com';
/** More than there are. */
const mostRegions = 100;

/** Google has a host of its own for each region, which the path names. */
function createRegions(routeTo: (settings: Upstream) => Route) {
  const routes = new Map<string, Route>();
  return (settings: Upstream | undefined, path: string): Route | undefined => {
    const region = regionOf(path);
    if (!settings || region === undefined || new URL(settings.url).host !== worldwide) return undefined;
    const known = routes.get(region);
    if (known || routes.size >= mostRegions) return known;
    const route = routeTo({ ...settings, url: settings.url.replace(worldwide, `${region}-${worldwide}`) });
    routes.set(region, route);
    return route;
  };
}
