import { z } from 'zod';

/** An answer that a test wants from the chat route, in place of the derived one. */
export const ScriptedCompletion = z.union([
  z.string(),
  z.strictObject({
    toolCalls: z
      .array(z.strictObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }))
      .min(1),
  }),
  z.strictObject({ refusal: z.string() }),
]);
export type ScriptedCompletion = z.infer<typeof ScriptedCompletion>;

/**
 * A stream that goes wrong after a good start; faults before the start are the kit's. A server that is connected and mute
 * is a `stall` after no chunk at all. Realtime sockets have three streams, counted in events: `realtime_greeting` from the
 * upgrade on, `realtime` the answer to a commit, `realtime_speech` the answer to an order to speak.
 */
export const StreamFault = z.strictObject({
  route: z.enum([
    'chat',
    'responses',
    'speech',
    'transcriptions',
    'realtime',
    'realtime_greeting',
    'realtime_speech',
  ]),
  /** stall: connected, alive, nothing more. cut: the socket is destroyed. garbage: unreadable, then the end. end: a clean end too early. */
  kind: z.enum(['stall', 'cut', 'garbage', 'end']),
  afterChunks: z.int().min(0).default(0),
  /** How many streams it hits; null = until the next reset. */
  times: z.int().positive().nullable().default(1),
});
export type StreamFault = z.output<typeof StreamFault>;

/** What tests have queued. First in, first out. */
export interface Script {
  addCompletions(completions: readonly ScriptedCompletion[]): void;
  nextCompletion(): ScriptedCompletion | undefined;
  addTranscripts(texts: readonly string[]): void;
  /** For audio that is not tone-coded. */
  nextTranscript(): string;
  addStreamFault(fault: StreamFault): void;
  /** The fault that meets the stream now starting, if any, counted. */
  takeStreamFault(route: StreamFault['route']): StreamFault | undefined;
  clear(): void;
}

export function createScript(): Script {
  const completions: ScriptedCompletion[] = [];
  const transcripts: string[] = [];
  let faults: StreamFault[] = [];
  return {
    addCompletions: (more) => void completions.push(...more),
    nextCompletion: () => completions.shift(),
    addTranscripts: (more) => void transcripts.push(...more),
    nextTranscript: () => transcripts.shift() ?? '',
    addStreamFault: (fault) => void faults.push({ ...fault }),
    takeStreamFault(route) {
      const fault = faults.find((candidate) => candidate.route === route);
      if (fault?.times != null) fault.times -= 1;
      faults = faults.filter(({ times }) => times !== 0);
      return fault;
    },
    clear() {
      completions.length = 0;
      transcripts.length = 0;
      faults = [];
    },
  };
}
