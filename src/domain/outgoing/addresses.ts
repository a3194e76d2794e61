/**
 * Which network addresses a firm may make us speak to: public unicast ones and no others. Sources: IANA's special-purpose
 * registries for IPv4 and IPv6. Written as what is allowed where that is shorter, so that a range nobody thought of is
 * refused.
 */

/** Prefixes of IPv4 that are not somebody's public server. */
const closed4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local, and with 169.254.169.254 the metadata service of every large cloud.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Multicast, reserved, broadcast.
  ['224.0.0.0', 3],
];

/** Global unicast is 2000::/3; these parts of it are not public servers, or hide an IPv4 address inside. */
const closed6: readonly (readonly [string, number])[] = [
  // Teredo, benchmarking, ORCHID and the other protocol assignments.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];
const GLOBAL_UNICAST = ['2000::', 3] as const;

/**
 * Whether `address` belongs to a public server.
 * @param address as a resolver gives it; anything that is no IP address is refused.
 */
export function isPublicAddress(address: string): boolean {
  const v4 = ipv4(address);
  if (v4 !== undefined) return !closed4.some(([base, bits]) => within(v4, ipv4(base), bits, 32));
  const v6 = ipv6(address);
  if (v6 === undefined) return false;
  const inside = ([base, bits]: readonly [string, number]): boolean => within(v6, ipv6(base), bits, 128);
  return inside(GLOBAL_UNICAST) && !closed6.some(inside);
}

const within = (value: bigint, base: bigint | undefined, bits: number, width: number): boolean => {
  const shift = BigInt(width - bits);
  return base !== undefined && value >> shift === base >> shift;
};

const DOTTED = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Four decimal numbers, as resolvers write them; octal and short notations are no address here. */
function ipv4(text: string): bigint | undefined {
  const parts = DOTTED.exec(text)?.slice(1);
  if (!parts || parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0'))))
    return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

const GROUP = /^[0-9a-f]{1,4}$/i;

function ipv6(text: string): bigint | undefined {
  // A zone names an interface of ours: never public.
  const halves = withoutDots(text).split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(Math.max(0, missing)).fill('0'), ...tail];
  if (!groups.every((group) => GROUP.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** `::ffff:10.0.0.1` → `::ffff:a00:1`. */
function withoutDots(text: string): string {
  const [, before = '', dotted = ''] = /^(.*:)([\d.]+)$/.exec(text) ?? [];
  const v4 = ipv4(dotted);
  return v4 === undefined ? text : `${before}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
}
