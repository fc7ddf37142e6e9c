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

// IPv6 that carries an IPv4 address: mapped, compatible, translated by NAT64, 6to4; and at which group it stands
const carriers: readonly (readonly [blocks: BlockList, group: number])[] = [
  [list(['::ffff:0:0/96', '64:ff9b::/96', '::/96']), 6],
  [list(['2002::/16']), 1],
];
const ownOfIpv6 = list(['::/127']);

/** The class of an IP literal, without brackets; IPv4 inside IPv6 counts as the IPv4 address it is. */
export function classOfAddress(address: string): AddressClass {
  const bare = address.replace(/%.*$/, '');
  const plain = carriedIpv4(bare) ?? bare;
  const family = isIP(plain);
  if (family === 0) return 'forbidden';
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (forbidden.check(plain, type)) return 'forbidden';
  if (loopback.check(plain, type)) return 'loopback';
  return privateRanges.check(plain, type) ? 'private' : 'public';
}

/** `::ffff:7f00:1` as `127.0.0.1`; undefined when there is no IPv4 address in it. */
function carriedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6 || ownOfIpv6.check(address, 'ipv6')) return undefined;
  const group = carriers.find(([blocks]) => blocks.check(address, 'ipv6'))?.[1];
  if (group === undefined) return undefined;
  // the URL parser writes every form with hex groups
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [left, right] = [head, tail].map((half) => half.split(':').filter(Boolean));
  const groups = [
    ...(left ?? []),
    ...Array<string>(8 - (left ?? []).length - (right ?? []).length).fill('0'),
    ...(right ?? []),
  ];
  const [high = 0, low = 0] = groups.slice(group, group + 2).map((text) => Number.parseInt(text, 16));
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
