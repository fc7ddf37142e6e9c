import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import type { Clock } from '../kernel/clock.ts';
import { type AddressClass, classOfAddress, isLoopbackName, mayPointTo } from './addresses.ts';
import type { Sender } from './exchange.ts';
import type { HttpLimits } from './limits.ts';
import { Lines } from './wire/lines.ts';

/** Which proxy requests take. Undefined fields are read from the environment, as curl does. */
export interface ProxySettings {
  readonly url?: string;
  readonly noProxy?: string;
}

type LookupCallback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

/** Resolves host names, as `lookup` of node:dns does when asked for all addresses. */
export type Lookup = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/** The name service of this machine. */
export const systemLookup: Lookup = (hostname, options, callback) => dnsLookup(hostname, options, callback);

/** How to connect to one origin. */
export interface ConnectionSettings {
  readonly url: URL;
  readonly clock: Clock;
  readonly limits: HttpLimits;
  readonly proxy: ProxySettings;
  readonly lookup: Lookup;
  readonly trust: { readonly insecure?: boolean; readonly ca?: string };
  /** Set for a place that a server named: the class of that server, which decides what it may point to (SECURITY S-CRED-4). */
  readonly guardedFor?: AddressClass;
  /** Told of every new connection. */
  readonly onConnect: () => void;
}

/** The connections to one origin. */
export interface Connections extends Sender {
  /** Ends them all, and what is on them. */
  destroy(): Promise<void>;
}

/** A server named an address that it may not send us to. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  readonly code = 'ERR_FORBIDDEN_ADDRESS';
}

const idleSocketMs = 30_000;
const maxHeaderBytes = 64 * 1024;

/** The address of the proxy cannot be read. */
class ProxyAddressError extends Error {
  override readonly name = 'ProxyAddressError';
  readonly code = 'ERR_PROXY_ADDRESS';
}

/** Opens the way to an origin: HTTP/1.1 with as many connections as there are bodies, for one h2 connection is one congestion window. */
export async function openConnections(settings: ConnectionSettings): Promise<Connections> {
  const { url, clock, limits, trust, guardedFor, proxy, onConnect } = settings;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (guardedFor !== undefined && isIP(hostname) !== 0) refuseUnlessAllowed(guardedFor, hostname);
  const kept = { idleMs: idleSocketMs, mostHeadBytes: maxHeaderBytes, onConnect };
  const timeoutMs = url.protocol === 'https:' ? limits.tlsMs : limits.connectMs;
  const tls = {
    // said in any case: NODE_TLS_REJECT_UNAUTHORIZED must not turn checks off behind the operator's back
    rejectUnauthorized: trust.insecure !== true,
    ...(url.protocol === 'https:' ? { ca: trustedCertificates(trust.ca) } : {}),
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- node:net calls it in two ways, told apart by its options
  const lookup = checkedLookup(settings.lookup, guardedFor) as LookupFunction;
  const isLocal = isLoopbackName(hostname) || isExempt(hostname, proxy.noProxy);
  const byWayOf = isLocal ? undefined : proxyFor(url, proxy);
  if (byWayOf === undefined) return new Lines(url, { clock, timeoutMs, lookup, trust: tls }, kept);
  // most machines have no proxy, and undici takes a tenth of a second to load
  const { openProxyAgent } = await import('./proxies.ts');
  const { noProxy } = proxy;
  return openProxyAgent({
    ...kept,
    proxy: byWayOf,
    ...(noProxy === undefined ? {} : { noProxy }),
    connectMs: limits.connectMs,
    tls: { ...tls, timeout: timeoutMs, allowH2: false, lookup },
  });
}

/** The proxy for an origin, also where it is written without a scheme; throws when it cannot be read. */
function proxyFor(url: URL, { url: configured }: ProxySettings): string | undefined {
  const { env } = process;
  const plain = env['http_proxy'] || env['HTTP_PROXY'];
  const text =
    configured ?? (url.protocol === 'https:' ? env['https_proxy'] || env['HTTPS_PROXY'] || plain : plain) ?? '';
  if (text === '') return undefined;
  const proxy = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(proxy)) throw new ProxyAddressError('the address of the proxy cannot be read');
  return proxy;
}

let systemCertificates: string[] | undefined;

/** Node's own roots, the machine's store (where a company's CA is installed) and the operator's file. */
function trustedCertificates(extra: string | undefined): string[] {
  systemCertificates ??= [...getCACertificates('default'), ...getCACertificates('system')];
  return extra === undefined ? systemCertificates : [...systemCertificates, extra];
}

/** NO_PROXY entries that are networks; undici matches names and suffixes only. */
function isExempt(hostname: string, configured: string | undefined): boolean {
  const type = isIP(hostname);
  if (type === 0) return false;
  const blocks = new BlockList();
  const entries = configured ?? process.env['no_proxy'] ?? process.env['NO_PROXY'] ?? '';
  for (const entry of entries.split(/[,\s]+/)) {
    const [address = '', bits = ''] = entry.split('/');
    const family = isIP(address);
    if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32)) continue;
    blocks.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  }
  return blocks.check(hostname, type === 6 ? 'ipv6' : 'ipv4');
}

function refuseUnlessAllowed(own: AddressClass, address: string): void {
  const named = classOfAddress(address);
  if (!mayPointTo(own, named)) throw new ForbiddenAddressError(`a ${own} registry pointed to a ${named} address`);
}

/** Resolves a name, and refuses the connection when any address it would use is not allowed: the check sees what is connected to. */
function checkedLookup(lookup: Lookup, own: AddressClass | undefined) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error);
      try {
        if (own !== undefined) for (const { address } of addresses) refuseUnlessAllowed(own, address);
      } catch (refusal) {
        return callback(refusal instanceof Error ? refusal : new Error(String(refusal)));
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
