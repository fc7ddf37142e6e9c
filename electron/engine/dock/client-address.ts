import { BlockList, isIP } from 'node:net';
import { copyError } from '../kernel/errors.ts';

/** An address in its own family: IPv4 as a socket that listens on both families shows it is IPv4. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** True for an address or name that only this machine reaches. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const plain = plainAddress(host);
  const family = familyOf(plain);
  return family !== undefined && loopback.check(plain, family);
}

/** Tells who may connect by CIDR blocks and single addresses; throws `invalid` for what is neither. */
export function allowList(blocks: readonly string[]): (address: string) => boolean {
  // one for each family: in a list of both, ::/0 would let every IPv4 address in
  const lists: Lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const block of blocks) add(lists, block);
  return (address) => {
    const plain = plainAddress(address).replace(/%.*$/, '');
    const family = familyOf(plain);
    return family !== undefined && lists[family].check(plain, family);
  };
}

type Family = 'ipv4' | 'ipv6';
type Lists = Readonly<Record<Family, BlockList>>;

function familyOf(address: string): Family | undefined {
  const kind = isIP(address);
  return kind === 0 ? undefined : kind === 6 ? 'ipv6' : 'ipv4';
}

function add(lists: Lists, block: string): void {
  const [, address = '', bits] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(block) ?? [];
  const family = familyOf(address);
  const mostBits = family === 'ipv6' ? 128 : 32;
  const prefix = bits === undefined ? mostBits : Number(bits);
  if (family === undefined || prefix > mostBits) {
    const message = `${block} is no address and no block of addresses such as 10.0.0.0/8`;
    throw copyError('invalid', { side: 'local', op: 'dock.allow', subject: block, message });
  }
  lists[family].addSubnet(address, prefix, family);
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
