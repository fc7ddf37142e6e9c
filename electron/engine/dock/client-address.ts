import { BlockList, isIP } from 'node:net';
import { copyError } from '../kernel/errors.ts';

/** An address in its own family: IPv4 as a socket that listens on both families shows it is IPv4. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** True for an address or name that only this machine reaches. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const kind = isIP(host);
  return kind !== 0 && loopback.check(plainAddress(host), isIP(plainAddress(host)) === 6 ? 'ipv6' : 'ipv4');
}

/** Tells who may connect by CIDR blocks and single addresses; throws `invalid` for what is neither. */
export function allowList(blocks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const block of blocks) add(list, block);
  return (address) => {
    const plain = plainAddress(address).replace(/%.*$/, '');
    const kind = isIP(plain);
    return kind !== 0 && list.check(plain, kind === 6 ? 'ipv6' : 'ipv4');
  };
}

function add(list: BlockList, block: string): void {
  const [, address = '', bits] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(block) ?? [];
  const kind = isIP(address);
  const mostBits = kind === 6 ? 128 : 32;
  const prefix = bits === undefined ? mostBits : Number(bits);
  if (kind === 0 || prefix > mostBits) {
    const message = `${block} is no address and no block of addresses such as 10.0.0.0/8`;
    throw copyError('invalid', { side: 'local', op: 'dock.allow', subject: block, message });
  }
  list.addSubnet(address, prefix, kind === 6 ? 'ipv6' : 'ipv4');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
