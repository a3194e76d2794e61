/** A run in parts. After each part everybody has hung up: nothing may be left, and the memory is weighed. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { holdConversation } from './caller.js';
import type { Conversation } from './conversations/conversation.js';
import { seedOf } from './dice.js';
import type { FuzzedEdge } from './edge.js';

export interface Part {
  frames: number;
  /** Live heap and memory outside of it after a collection, and the process's resident memory. */
  heldBytes: number;
  rssBytes: number;
  /** What was left when all had gone: all zero, or a leak. */
  left: Record<string, number>;
}

export interface FuzzResult {
  seed: number;
  frames: number;
  changed: number;
  conversations: Record<string, number>;
  answered: number;
  turns: number;
  parts: Part[];
  /** Seeds of conversations after which the edge did not close, or said what is not in its protocol. */
  suspects: { transport: string; seed: number; why: string }[];
  seconds: number;
}

export interface FuzzOrder {
  seed: number;
  frames: number;
  conversations: readonly Conversation[];
  onProgress: (frames: number) => void;
}

const PARTS = 10;
/** Callers at once. */
const LANES = 96;
/** Sessions end with the last recognition, sockets with the grace of a close: 5 s at most; loaded machines take longer. */
const GONE_WITHIN_MS = 30_000;

export async function runFuzz(edge: FuzzedEdge, order: FuzzOrder): Promise<FuzzResult> {
  const { seed, frames, conversations } = order;
  const began = performance.now();
  const names = Object.fromEntries(conversations.map(({ name }) => [name, 0]));
  const result: FuzzResult = {
    seed,
    frames: 0,
    changed: 0,
    conversations: names,
    answered: 0,
    turns: 0,
    parts: [],
    suspects: [],
    seconds: 0,
  };
  let next = 0;
  const lane = async (until: number): Promise<void> => {
    while (result.frames < until) {
      const conversation = conversations[next % conversations.length];
      if (!conversation) return;
      const own = seedOf(seed, next);
      next += 1;
      const held = await holdConversation(edge, conversation, own);
      result.frames += held.frames;
      result.changed += held.changed;
      names[conversation.name] = (names[conversation.name] ?? 0) + 1;
      if (held.stuck)
        result.suspects.push({ transport: conversation.name, seed: own, why: 'was not let go' });
      if (held.improper > 0)
        result.suspects.push({ transport: conversation.name, seed: own, why: 'improper message' });
      order.onProgress(result.frames);
    }
  };
  for (let part = 1; part <= PARTS; part++) {
    const before = result.frames;
    await Promise.all(Array.from({ length: LANES }, () => lane((frames * part) / PARTS)));
    result.parts.push({ frames: result.frames - before, left: await allGone(edge), ...weigh() });
  }
  const { answered, turns } = edge.counts;
  return { ...result, answered, turns, seconds: (performance.now() - began) / 1_000 };
}

async function allGone(edge: FuzzedEdge): Promise<Record<string, number>> {
  const deadline = performance.now() + GONE_WITHIN_MS;
  const anything = (): boolean => Object.values(edge.left()).some((count) => count > 0);
  while (anything() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  return edge.left();
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function weigh(): Pick<Part, 'heldBytes' | 'rssBytes'> {
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heldBytes: heapUsed + external, rssBytes: rss };
}
