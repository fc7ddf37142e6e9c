import { describe, expect, test } from 'vitest';
import { classOfAddress, isLoopbackName, mayPointTo } from '../../../../electron/engine/http/addresses.ts';

describe('the class of an address', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['0:0:0:0:0:ffff:7f00:1', 'loopback'],
    ['::127.0.0.1', 'loopback'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.255.255', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12:3456::1', 'private'],
    ['::ffff:10.1.2.3', 'private'],
    ['64:ff9b::10.1.2.3', 'private'],
    ['2002:0a01:0203::1', 'private'],
    ['8.8.8.8', 'public'],
    ['2001:4860:4860::8888', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['169.254.169.254', 'forbidden'],
    ['::ffff:169.254.169.254', 'forbidden'],
    ['::ffff:a9fe:a9fe', 'forbidden'],
    ['64:ff9b::a9fe:a9fe', 'forbidden'],
    ['2002:a9fe:a9fe::', 'forbidden'],
    ['::169.254.169.254', 'forbidden'],
    ['fe80::1', 'forbidden'],
    ['fe80::1%eth0', 'forbidden'],
    ['fd00:ec2::254', 'forbidden'],
    ['100.100.100.200', 'forbidden'],
    ['0.0.0.0', 'forbidden'],
    ['::', 'forbidden'],
    ['224.0.0.1', 'forbidden'],
    ['ff02::1', 'forbidden'],
    ['255.255.255.255', 'forbidden'],
    ['not-an-address', 'forbidden'],
    ['', 'forbidden'],
  ] as const)('%s is %s', (address, expected) => expect(classOfAddress(address)).toBe(expected));
});

test('who may point to whom', () => {
  const classes = ['loopback', 'private', 'public', 'forbidden'] as const;
  const allowed = classes.map((own) => classes.filter((named) => mayPointTo(own, named)));
  expect(allowed).toEqual([['loopback', 'private', 'public'], ['private', 'public'], ['public'], ['public']]);
});

test.each([
  ['localhost', true],
  ['LOCALHOST', true],
  ['registry.localhost', true],
  ['[::1]', true],
  ['127.1.2.3', true],
  ['localhost.example', false],
  ['127.0.0.1.example', false],
  ['notlocalhost', false],
  ['10.0.0.1', false],
] as const)('%s never leaves this machine: %s', (name, expected) => expect(isLoopbackName(name)).toBe(expected));
