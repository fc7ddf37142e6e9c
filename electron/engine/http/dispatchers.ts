import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import { Agent, type buildConnector, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { type AddressClass, classOfAddress, isLoopbackName, mayPointTo } from './addresses.ts';
import type { HttpLimits } from './limits.ts';

/** Which proxy requests take. Undefined fields are read from the environment, as curl does. */
export interface ProxySettings {
  readonly url?: string;
  readonly noProxy?: string;
}

/** How to connect to one origin. */
export interface ConnectionSettings {
  readonly url: URL;
  readonly limits: HttpLimits;
  readonly proxy: ProxySettings;
  readonly trust: { readonly insecure?: boolean; readonly ca?: string };
  /** Set for a place that a server named: the class of that server, which decides what it may point to (SECURITY S-CRED-4). */
  readonly guardedFor?: AddressClass;
}

/** A server named an address that it may not send us to. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  readonly code = 'ERR_FORBIDDEN_ADDRESS';
}

const idleSocketMs = 30_000;
const maxHeaderBytes = 64 * 1024;

/** Opens a dispatcher: HTTP/1.1 with as many connections as there are bodies, for one h2 connection is one congestion window. */
export function openDispatcher(settings: ConnectionSettings): Dispatcher {
  const { url, limits, trust, guardedFor } = settings;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (guardedFor !== undefined && isIP(hostname) !== 0) refuseUnlessAllowed(guardedFor, hostname);
  const tls: buildConnector.BuildOptions = {
    timeout: url.protocol === 'https:' ? limits.tlsMs : limits.connectMs,
    allowH2: false,
    ...(trust.insecure === true ? { rejectUnauthorized: false } : {}),
    ...(url.protocol === 'https:' ? { ca: trustedCertificates(trust.ca) } : {}),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- undici passes it on to net.connect, whose overloads it has
    ...(guardedFor === undefined ? {} : { lookup: guardedLookup(guardedFor) as never }),
  };
  const options = {
    connect: tls,
    keepAliveTimeout: idleSocketMs,
    keepAliveMaxTimeout: idleSocketMs,
    maxHeaderSize: maxHeaderBytes,
    pipelining: 1,
    allowH2: false,
  };
  if (isLoopbackName(hostname) || isExempt(hostname, settings.proxy.noProxy)) return new Agent(options);
  return new EnvHttpProxyAgent({
    ...options,
    requestTls: tls,
    proxyTls: { timeout: limits.connectMs, allowH2: false },
    ...(settings.proxy.url === undefined ? {} : { httpProxy: settings.proxy.url, httpsProxy: settings.proxy.url }),
    ...(settings.proxy.noProxy === undefined ? {} : { noProxy: settings.proxy.noProxy }),
  });
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

type LookupCallback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

/** Resolves a name and refuses the connection when any address it would use is not allowed: the check sees what is connected to. */
function guardedLookup(own: AddressClass) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error);
      try {
        for (const { address } of addresses) refuseUnlessAllowed(own, address);
      } catch (refusal) {
        return callback(refusal instanceof Error ? refusal : new Error(String(refusal)));
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
