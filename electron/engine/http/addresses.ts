import { BlockList, isIP } from 'node:net';

/** How far an address reaches. `forbidden` is never to be named by a server: link-local, metadata, unspecified, multicast. */
export type AddressClass = 'loopback' | 'private' | 'public' | 'forbidden';

function list(ranges: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    blocks.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return blocks;
}

// 100.100.100.200 and fd00:ec2::254 answer with the secrets of a cloud machine, as 169.254.169.254 does
const forbidden = list([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '224.0.0.0/4',
  '255.255.255.255/32',
  '::/128',
  'fe80::/10',
  'fd00:ec2::254/128',
  'ff00::/8',
]);
const loopback = list(['127.0.0.0/8', '::1/128']);
const privateRanges = list(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

/** The class of an IP literal, without brackets; IPv4 inside IPv6 counts as the IPv4 address it is. */
export function classOfAddress(address: string): AddressClass {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? mappedHex(address);
  const plain = mapped ?? address.replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 0) return 'forbidden';
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (forbidden.check(plain, type)) return 'forbidden';
  if (loopback.check(plain, type)) return 'loopback';
  return privateRanges.check(plain, type) ? 'private' : 'public';
}

/** `::ffff:7f00:1` as `127.0.0.1`; undefined when it is no mapped address. */
function mappedHex(address: string): string | undefined {
  const match = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (!match) return undefined;
  const [high, low] = [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** True when a registry in class `own` may send us to an address of class `named`. */
export function mayPointTo(own: AddressClass, named: AddressClass): boolean {
  if (named === 'forbidden') return false;
  if (named === 'public') return true;
  return own === 'loopback' || (own === 'private' && named === 'private');
}

/** True for names and literals that never leave this machine. */
export function isLoopbackName(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return (
    bare === 'localhost' || bare.endsWith('.localhost') || (isIP(bare) !== 0 && classOfAddress(bare) === 'loopback')
  );
}
