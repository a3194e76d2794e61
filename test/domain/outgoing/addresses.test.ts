import { BlockList } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isPublicAddress } from '../../../src/domain/outgoing/addresses.js';

describe('an address we may be sent to', () => {
  test.each(['1.1.1.1', '8.8.8.8', '100.63.255.255', '100.128.0.0', '172.15.0.1', '172.32.0.1', '192.0.1.1'])(
    'is a public one of IPv4: %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
  test.each(['2606:4700::1111', '2a00:1450:4001:80b::200e', '2001:4860:4860::8888', '2003::1'])(
    'is a global unicast one of IPv6: %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

describe('an address we must not be sent to', () => {
  test.each([
    ['this host', '0.0.0.0'],
    ['loopback', '127.0.0.1'],
    ['the far end of loopback', '127.255.255.254'],
    ['a private network', '10.1.2.3'],
    ['another one', '172.16.0.1'],
    ['the end of it', '172.31.255.255'],
    ['a home network', '192.168.1.1'],
    ['a carrier’s inside', '100.64.0.1'],
    ['the metadata service of clouds', '169.254.169.254'],
    ['protocol assignments', '192.0.0.192'],
    ['documentation', '203.0.113.7'],
    ['benchmarks', '198.19.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['IPv6 unspecified', '::'],
    ['IPv6 loopback', '::1'],
    ['loopback written out', '0:0:0:0:0:0:0:1'],
    ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
    ['IPv4-mapped in hexadecimal', '::ffff:7f00:1'],
    ['IPv4-mapped public, which nobody has a reason to use', '::ffff:8.8.8.8'],
    ['IPv4-compatible', '::10.0.0.1'],
    ['NAT64', '64:ff9b::a00:1'],
    ['NAT64 written with an IPv4 tail', '64:ff9b::10.0.0.1'],
    ['local NAT64', '64:ff9b:1::a9fe:a9fe'],
    ['unique local', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast of IPv6', 'ff02::1'],
    ['6to4 around a private address', '2002:a00:1::'],
    ['Teredo', '2001:0:4136:e378::1'],
    ['documentation of IPv6', '2001:db8::1'],
    ['the newer documentation', '3fff::1'],
    ['discard', '100::1'],
    ['segment routing', '5f00::1'],
  ])('is %s', (_what, address) => expect(isPublicAddress(address)).toBe(false));

  test.each([
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '2130706433',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
  ])('is no address at all: “%s”', (text) => expect(isPublicAddress(text)).toBe(false));
  test.each([
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '2606:4700::12345',
    '2606:4700:::1',
    'g::1',
  ])('is a broken one: “%s”', (text) => expect(isPublicAddress(text)).toBe(false));
});

/** The same ranges, judged by somebody else's arithmetic. */
const closed = new BlockList();
for (const [base, bits] of [
  ...[
    ['0.0.0.0', 8] as const,
    ['10.0.0.0', 8] as const,
    ['100.64.0.0', 10] as const,
    ['127.0.0.0', 8] as const,
  ],
  ...[['169.254.0.0', 16] as const, ['172.16.0.0', 12] as const, ['192.0.0.0', 24] as const],
  ...[['192.0.2.0', 24] as const, ['192.88.99.0', 24] as const, ['192.168.0.0', 16] as const],
  ...[['198.18.0.0', 15] as const, ['198.51.100.0', 24] as const, ['203.0.113.0', 24] as const],
  ['224.0.0.0', 3] as const,
])
  closed.addSubnet(base, bits, 'ipv4');
const open6 = new BlockList();
open6.addSubnet('2000::', 3, 'ipv6');
const closed6 = new BlockList();
for (const [base, bits] of [
  ['2001::', 23] as const,
  ['2001:db8::', 32] as const,
  ['2002::', 16] as const,
  ['3fff::', 20] as const,
])
  closed6.addSubnet(base, bits, 'ipv6');

test('any IPv4 address is judged as Node’s own block list judges it', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => isPublicAddress(address) === !closed.check(address, 'ipv4')),
    { numRuns: 5_000 },
  );
});

test('any IPv6 address is judged as Node’s own block list judges it, however it is written', () => {
  const near = fc.constantFrom('2001:', '2002:', '3fff:', '2001:db8:', '64:ff9b:', '::ffff:', 'fd00:');
  const address = fc.oneof(
    fc.ipV6(),
    fc.tuple(near, fc.ipV6()).map(
      ([head, rest]) =>
        head +
        rest
          .split(':')
          .slice(head.split(':').length - 1)
          .join(':'),
    ),
  );
  fc.assert(
    fc.property(address, (text) => {
      let known: boolean;
      try {
        known = open6.check(text, 'ipv6') && !closed6.check(text, 'ipv6');
      } catch {
        return !isPublicAddress(text);
      }
      return isPublicAddress(text) === known;
    }),
    { numRuns: 5_000 },
  );
});

test('no private IPv4 address becomes public by being wrapped into IPv6', () => {
  const wrap = fc.constantFrom('::ffff:', '::', '64:ff9b::', '::ffff:0:', '64:ff9b:1::');
  fc.assert(
    fc.property(fc.ipV4(), wrap, (address, prefix) => !isPublicAddress(prefix + address)),
    { numRuns: 2_000 },
  );
});
