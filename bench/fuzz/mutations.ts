/** What hostile, broken and unlucky callers do to a valid conversation. */
import type { Dice } from './dice.js';
import { binaryPacket, textPacket, type Packet } from './packet.js';

type Mutation = (packet: Packet, dice: Dice) => Packet[];

/** Share of the conversations that keep to the protocol: the deep states are only reached by those. */
const HONEST = 0.3;
/** Share of the packets of the others that are changed: most callers send twenty bad ones at most. */
const MOST_CHANGED = 0.1;

const hostileValues: readonly [unknown, ...unknown[]] = [
  null,
  true,
  -1,
  1e308,
  '',
  '0',
  [],
  {},
  [[[[]]]],
  '\u0000',
  'x'.repeat(5_000),
  '__proto__',
  { __proto__: 1, constructor: { prototype: 1 } },
  Number.MAX_SAFE_INTEGER + 2,
  '99999999999999999999',
  'NaN',
  '1'.repeat(15),
];
const hostileTexts: readonly [string, ...string[]] = [
  '',
  '{',
  '[]',
  'null',
  '"start"',
  '{}',
  '{"type":null}',
  '{"event":"media"}',
  '{"type":"start"}',
  '{"event":"start"}',
  '{"__proto__":{"type":"end"}}',
  '{"event":"stop"}',
  '{"event":"future","x":1}',
  '\ufeff{}',
  '['.repeat(4_000),
  '{"type":"text","text":"\\ud800"}',
  '{"event":"media","media":{"timestamp":"0","payload":"////"}}',
];

const mutations: readonly [Mutation, ...Mutation[]] = [
  (packet, dice) => [{ ...packet, data: flipped(packet.data, dice) }],
  (packet, dice) => [{ ...packet, data: packet.data.subarray(0, dice.upTo(packet.data.length + 1)) }],
  (packet, dice) => [{ ...packet, data: Buffer.concat([packet.data, dice.bytes(1 + dice.upTo(100))]) }],
  (packet) => [packet, packet],
  () => [],
  (packet) => [{ ...packet, isBinary: !packet.isBinary }],
  (packet, dice) => [textPacket(dice.pick(hostileTexts)), packet],
  (packet, dice) => [binaryPacket(dice.bytes(dice.pick([0, 1, 639, 640, 641, 1_280, 4_000]))), packet],
  (packet, dice) => [replacedValue(packet, dice)],
  (packet, dice) => [droppedKey(packet, dice)],
  // Past the limit of every transport: the socket closes with 1009.
  (packet, dice) => (dice.chance(0.1) ? [{ ...packet, data: Buffer.alloc(20_000, 0x20) }] : [packet]),
];

/** @returns the packets as such a caller sends them, and how many of them were changed. */
export function* mutated(packets: Iterable<Packet>, dice: Dice, onChange: () => void): Generator<Packet> {
  const share = dice.chance(HONEST) ? 0 : dice.next() * MOST_CHANGED;
  let kept: Packet | undefined;
  for (const packet of packets) {
    if (!dice.chance(share)) yield packet;
    else {
      onChange();
      // One in five is overtaken by the next but one.
      if (dice.chance(0.2) && !kept) kept = packet;
      else yield* dice.pick(mutations)(packet, dice);
    }
    if (kept && dice.chance(0.3)) {
      yield kept;
      kept = undefined;
    }
  }
}

function flipped(data: Buffer, dice: Dice): Buffer {
  const copy = Buffer.from(data);
  for (let n = 1 + dice.upTo(8); n > 0 && copy.length > 0; n--) {
    const at = dice.upTo(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << dice.upTo(8));
  }
  return copy;
}

/** Messages of every transport are JSON objects or bytes; bytes stay as they are. */
function changedJson(
  packet: Packet,
  change: (object: Record<string, unknown>, keys: string[]) => void,
): Packet {
  if (packet.isBinary) return packet;
  let json: unknown;
  try {
    json = JSON.parse(packet.data.toString());
  } catch {
    return packet;
  }
  if (typeof json !== 'object' || json === null) return packet;
  const object = json as Record<string, unknown>;
  change(object, Object.keys(object));
  return textPacket(object);
}

/** One value, at the top or one level down, becomes a hostile one. */
const replacedValue = (packet: Packet, dice: Dice): Packet =>
  changedJson(packet, (object, keys) => {
    const key = keys[dice.upTo(keys.length)];
    if (key === undefined) return;
    const inner = object[key];
    if (typeof inner === 'object' && inner !== null && dice.chance(0.8)) {
      const innerKeys = Object.keys(inner);
      const innerKey = innerKeys[dice.upTo(innerKeys.length)] ?? 'x';
      object[key] = { ...inner, [innerKey]: dice.pick(hostileValues) };
    } else object[key] = dice.pick(hostileValues);
  });

const droppedKey = (packet: Packet, dice: Dice): Packet =>
  changedJson(packet, (object, keys) => {
    const key = keys[dice.upTo(keys.length)];
    if (key !== undefined) Reflect.deleteProperty(object, key);
  });
