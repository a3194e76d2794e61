import { describe, expect, test } from '@jest/globals';
import { nativeConversation } from '../../../bench/fuzz/conversations/native.js';
import { realtimeConversation } from '../../../bench/fuzz/conversations/realtime.js';
import { twilioConversation } from '../../../bench/fuzz/conversations/twilio.js';
import { createDice, seedOf } from '../../../bench/fuzz/dice.js';
import { openFuzzedEdge } from '../../../bench/fuzz/edge.js';
import { mutated } from '../../../bench/fuzz/mutations.js';
import type { Packet } from '../../../bench/fuzz/packet.js';
import { runFuzz, type FuzzResult } from '../../../bench/fuzz/run.js';
import { faultsOf, MOST_GROWTH_BYTES } from '../../../bench/fuzz/verdict.js';
import { readClientEvent } from '../../../src/voice/transports/realtime/client-events.js';
import { readStreamMessage } from '../../../src/voice/transports/twilio/messages.js';
import { ClientMessage } from '../../../src/voice/wire.js';

const token = 'fuzz-00001';
const spoiled = (seed: number): Packet[] => {
  const dice = createDice(seed);
  return [...mutated(nativeConversation.packets(token, dice), dice, () => undefined)];
};

test('the same seed holds the same conversation, another seed another', () => {
  expect(spoiled(7)).toEqual(spoiled(7));
  expect(spoiled(7)).not.toEqual(spoiled(8));
  expect(seedOf(1, 5)).not.toBe(seedOf(1, 6));
  expect(seedOf(1, 5)).not.toBe(seedOf(2, 5));
});

test('before anything is changed, every message of a conversation is one that its transport knows', () => {
  for (let seed = 0; seed < 20; seed++) {
    for (const { data, isBinary } of nativeConversation.packets(token, createDice(seed)))
      if (isBinary) expect(data).toHaveLength(640);
      else expect(ClientMessage.safeParse(JSON.parse(data.toString())).success).toBe(true);
    for (const { data } of twilioConversation.packets(token, createDice(seed)))
      expect(readStreamMessage(data.toString())).toHaveProperty('event');
    for (const { data } of realtimeConversation.packets(token, createDice(seed)))
      expect(readClientEvent(data.toString())).toHaveProperty('event');
  }
});

test('callers of every transport are answered, spoil some frames, and leave nothing behind', async () => {
  const edge = await openFuzzedEdge(1);
  const conversations = [nativeConversation, twilioConversation, realtimeConversation];
  const result = await runFuzz(edge, { seed: 1, frames: 3_000, conversations, onProgress: () => undefined });
  await edge.close();
  expect(faultsOf(result, edge.defects, [])).toEqual([]);
  expect(result.frames).toBeGreaterThanOrEqual(3_000);
  expect(result.changed).toBeGreaterThan(0);
  expect(result.conversations).toEqual({
    native: expect.any(Number),
    twilio: expect.any(Number),
    realtime: expect.any(Number),
  });
  expect(result.answered).toBeGreaterThan(0);
  expect(result.turns).toBeGreaterThan(result.answered);
});

describe('a run has failed when', () => {
  const clean: FuzzResult = {
    seed: 1,
    frames: 10,
    changed: 1,
    conversations: {},
    answered: 1,
    turns: 2,
    parts: [1, 2, 3].map(() => ({ frames: 3, heldBytes: 50_000_000, rssBytes: 0, left: { sessions: 0 } })),
    suspects: [],
    seconds: 1,
  };
  const none = new Map<string, number>();
  const last = { frames: 3, heldBytes: 50_000_000, rssBytes: 0, left: { sessions: 0 } };

  test('a session is left', () => {
    const leaking = { ...clean, parts: [...clean.parts, { ...last, left: { sessions: 2 } }] };
    expect(faultsOf(leaking, none, [])).toEqual(['2 sessions left after part 4.']);
  });
  test('the memory has grown since the second part', () => {
    const heldBytes = last.heldBytes + MOST_GROWTH_BYTES + 1;
    const growing = { ...clean, parts: [...clean.parts, { ...last, heldBytes }] };
    expect(faultsOf(growing, none, [])).toEqual(['Memory grew by 16.0 MB.']);
  });
  test('something crashed, a defect was caught, or a line was not let go', () => {
    const stuck = { ...clean, suspects: [{ transport: 'native', seed: 9, why: 'was not let go' }] };
    expect(faultsOf(stuck, new Map([['hit a defect', 3]]), ['Error: x'])).toEqual([
      'Crash: Error: x',
      'Defect, 3 times: hit a defect',
      'Conversation 9 (native): was not let go.',
    ]);
    expect(faultsOf(clean, none, [])).toEqual([]);
  });
});
