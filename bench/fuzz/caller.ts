/** One caller: holds a conversation on a real socket, spoils some of it, and leaves in one of many ways. */
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import WebSocket from 'ws';
import { z } from 'zod';
import { ServerMessage } from '../../src/voice/wire.js';
import type { Conversation } from './conversations/conversation.js';
import { createDice, type Dice } from './dice.js';
import type { FuzzedEdge } from './edge.js';
import { mutated } from './mutations.js';
import type { Packet } from './packet.js';

export interface Held {
  frames: number;
  changed: number;
  /** Messages of the edge that are not of its own protocol. */
  improper: number;
  /** The edge did not let go of the line. */
  stuck: boolean;
}

/** So many packets are sent before the edge gets its turn: they share a process. */
const MOST_AT_ONCE = 60;
const MOST_UNSENT_BYTES = 256 * 1_024;
/** Longest wait for the edge to close: its idle limit is 3 s, its grace 2 s. */
const GONE_WITHIN_MS = 30_000;

const REALTIME_TYPE =
  /^(error|session\.(created|updated)|(input_audio_buffer|output_audio_buffer|conversation|response)\.[a-z_.]+)$/;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Never rejects. @param seed decides everything this caller does. */
export async function holdConversation(
  edge: FuzzedEdge,
  conversation: Conversation,
  seed: number,
): Promise<Held> {
  const dice = createDice(seed);
  const held: Held = { frames: 0, changed: 0, improper: 0, stuck: false };
  let wire: Socket | undefined;
  const token = edge.token();
  const socket = new WebSocket(edge.url(conversation.name), {
    perMessageDeflate: false,
    headers: conversation.headers?.(token) ?? {},
    createConnection: (options: object) => (wire = connect(options as NetConnectOpts)),
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isProper(conversation.name, data, isBinary)) held.improper += 1;
  });
  await new Promise<void>((resolve) => {
    socket.once('open', () => resolve());
    socket.once('close', () => resolve());
  });
  const packets = mutated(conversation.packets(token, dice), dice, () => (held.changed += 1));
  await talk(socket, wire, packets, dice, held);
  leave(socket, wire, dice);
  held.stuck = !(await within(closed, GONE_WITHIN_MS));
  if (held.stuck) socket.terminate();
  return held;
}

async function talk(
  socket: WebSocket,
  wire: Socket | undefined,
  packets: Iterable<Packet>,
  dice: Dice,
  held: Held,
): Promise<void> {
  const breaksOffAt = dice.chance(0.15) ? dice.upTo(200) : Infinity;
  // Does not read what the agent says: the edge must not pile it up.
  if (dice.chance(0.05)) wire?.pause();
  let burst = 1 + dice.upTo(MOST_AT_ONCE);
  for (const { data, isBinary } of packets) {
    if (socket.readyState !== WebSocket.OPEN || held.frames >= breaksOffAt) return;
    socket.send(data, { binary: isBinary });
    held.frames += 1;
    if (dice.chance(0.001)) socket.ping(dice.bytes(dice.upTo(125)));
    burst -= 1;
    if (burst > 0) continue;
    burst = 1 + dice.upTo(MOST_AT_ONCE);
    await turn();
    for (let n = 0; n < 200 && socket.bufferedAmount > MOST_UNSENT_BYTES; n++) await turn();
    // Words take their time; without it callers would have hung up before anything was understood.
    if (dice.chance(0.5)) await new Promise((resolve) => setTimeout(resolve, dice.upTo(60)));
  }
}

/** Politely, rudely, with noise on the wire, or by just staying away from the telephone. */
function leave(socket: WebSocket, wire: Socket | undefined, dice: Dice): void {
  const how = dice.next();
  if (how < 0.5) {
    wire?.resume();
    socket.close(1000);
  } else if (how < 0.7) socket.terminate();
  else if (how < 0.8) wire?.resetAndDestroy();
  else if (how < 0.97) {
    // No WebSocket frame: reserved bits, no mask, endless lengths.
    wire?.resume();
    wire?.write(dice.bytes(1 + dice.upTo(64)));
    setTimeout(() => socket.terminate(), 200);
  } else wire?.resume();
}

const isProperJson: Record<Conversation['name'], (json: unknown) => boolean> = {
  native: (json) => ServerMessage.safeParse(json).success,
  twilio: (json) => ['media', 'mark', 'clear'].includes((json as { event: string }).event),
  // The rest is for the API's own client to check (test/voice/transports/realtime).
  realtime: (json) => RealtimeEvent.safeParse(json).success,
};
const RealtimeEvent = z.looseObject({ event_id: z.string().min(1), type: z.string().regex(REALTIME_TYPE) });

function isProper(transport: Conversation['name'], data: Buffer, isBinary: boolean): boolean {
  if (isBinary) return transport === 'native' && data.length === 640;
  try {
    return isProperJson[transport](JSON.parse(data.toString()));
  } catch {
    return false;
  }
}

async function within(done: Promise<void>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const inTime = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
