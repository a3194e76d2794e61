/** A small but whole call: real session, real timers, deterministic engines. */
import type { CallDeps, CallSession } from '../../../../src/voice/session/call-deps.js';
import { createCallSession } from '../../../../src/voice/session/call-session.js';
import type { AgentTurn, ConversationAgent } from '../../../../src/voice/session/agent-port.js';
import type { CallerEvent, CallerLink } from '../../../../src/voice/session/link.js';
import { defaultSessionOptions, type SessionOptions } from '../../../../src/voice/session/options.js';
import type {
  CallHeader,
  JournalEvent,
  LanguageModel,
  Providers,
  Recognition,
  SpeechToText,
  TextToSpeech,
} from '../../../../src/voice/ports.js';
import type { TurnSpeculation, TurnTiming } from '../../../../src/domain/latency.js';
import type { Turn } from '../../../../src/domain/turn.js';
import { eventually } from '../../../support/eventually.js';
import { silentLogger } from '../../../support/log.js';

export const header: CallHeader = {
  tenantId: 'acme-law',
  callId: 'call_0123456789abcdefghij',
  startedAtMs: 1_700_000_000_000,
};

/** Asks one thing after another and says goodbye when it hears "bye". */
export const agent: ConversationAgent = {
  greeting: () => turn('greeting', 'Hello, this is Acme Law.', false),
  reply(turns) {
    const said = turns.filter((t) => t.role === 'caller').map((t) => t.text);
    if (said.at(-1) === 'bye') return turn('goodbye', 'Goodbye.', true);
    return turn('ask', `You said ${said.join(' and ')}.`, false);
  },
};
const turn = (kind: string, template: string, closesCall: boolean): AgentTurn => ({
  act: { kind, template },
  instructions: 'Be brief.',
  expects: 'open',
  closesCall,
  verbatim: false,
});

/** Says the template word by word. */
export const scriptedModel: LanguageModel = {
  name: 'template',
  async *word({ act }) {
    for (const piece of act.template.split(/(?<= )/)) yield await Promise.resolve(piece);
  },
  close: () => Promise.resolve(),
};

/** Speaks `msPerChar` of tone for each character. */
export const toneVoice = (msPerChar = 2): TextToSpeech => ({
  name: 'tone',
  async *speak(text) {
    const chunk = new Int16Array(16 * msPerChar).fill(1_000);
    for (let n = 0; n < text.length; n++) yield await Promise.resolve(chunk);
  },
  close: () => Promise.resolve(),
});

/** Recognises the words it was given, one utterance after another, and counts the frames it heard. */
export function scriptedEars(
  words: readonly (string | Error)[],
): SpeechToText & { frames: number[]; cancelled: number } {
  let next = 0;
  const ears = {
    name: 'script',
    frames: [] as number[],
    cancelled: 0,
    start(): Recognition {
      let frames = 0;
      return {
        push: () => {
          frames += 1;
        },
        finish: () => {
          ears.frames.push(frames);
          const answer = words[next++] ?? '';
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
        },
        cancel: () => {
          ears.cancelled += 1;
        },
      };
    },
    close: () => Promise.resolve(),
  };
  return ears;
}

/** A frame that counts as voiced when its first sample is not zero: stands for the detector, not for the caller. */
const loudness = () => ({ isVoiced: (frame: Int16Array) => frame[0] !== 0, close: () => undefined });

export interface TestCall {
  session: CallSession;
  events: CallerEvent[];
  frames: { atMs: number; frame: Int16Array }[];
  journal: JournalEvent[];
  timings: TurnTiming[];
  /** What became of the eager start, turn by turn. */
  speculations: TurnSpeculation[];
  errors: () => number;
  turns(): Turn[];
  /** Waits for an event of this type beyond the first `after`. */
  next<T extends CallerEvent['type']>(type: T, after?: number): Promise<Extract<CallerEvent, { type: T }>>;
  /** Sends frames at once: audio time passes, wall time does not. */
  speak(voicedMs: number, quietMs: number): void;
}

const placed: CallSession[] = [];

/** For `afterEach`: every call placed has ended. */
export async function endTestCalls(): Promise<void> {
  const calls = placed.splice(0);
  for (const call of calls) call.end();
  await Promise.all(calls.map((call) => call.finished));
}

export function placeTestCall(
  given: Partial<Providers> & {
    agent?: ConversationAgent;
    options?: Partial<SessionOptions>;
    filter?: CallDeps['filter'];
    mayPrepareEarly?: () => boolean;
    openPlayback?: CallerLink['openPlayback'];
    spare?: CallDeps['spare'];
  } = {},
): TestCall {
  const events: CallerEvent[] = [];
  const frames: TestCall['frames'] = [];
  const journal: JournalEvent[] = [];
  const timings: TurnTiming[] = [];
  const speculations: TurnSpeculation[] = [];
  let errors = 0;
  const session = createCallSession(
    {
      providers: { stt: given.stt ?? null, llm: given.llm ?? scriptedModel, tts: given.tts ?? null },
      agent: given.agent ?? agent,
      createVad: loudness,
      journal: { append: (_call, event) => void journal.push(event) },
      timing: {
        record: (_tenant, timing, speculation) => {
          timings.push(timing);
          speculations.push(speculation);
        },
        recordError: () => (errors += 1),
      },
      filter: given.filter ?? (() => true),
      spare: given.spare,
      logger: silentLogger,
      ...(given.mayPrepareEarly && { mayPrepareEarly: given.mayPrepareEarly }),
      nowMs: () => performance.now(),
      epochMs: () => Date.now(),
      link: {
        send: (event) => void events.push(event),
        sendFrame: (frame) => void frames.push({ atMs: performance.now(), frame }),
        ...(given.openPlayback && { openPlayback: given.openPlayback }),
      },
    },
    header,
    { ...defaultSessionOptions, ...given.options },
  );
  placed.push(session);
  session.start();
  return {
    session,
    events,
    frames,
    journal,
    timings,
    speculations,
    errors: () => errors,
    turns: () => journal.flatMap((e) => (e.kind === 'turn' ? [e.turn] : [])),
    next: (type, after = 0) =>
      eventually(() => events.filter((e) => e.type === type)[after] as never, {
        withinMs: 5_000,
        everyMs: 2,
        what: `event ${type} number ${after + 1}`,
      }),
    speak(voicedMs, quietMs) {
      for (let ms = 0; ms < voicedMs; ms += 20) session.audio(new Int16Array(320).fill(9));
      for (let ms = 0; ms < quietMs; ms += 20) session.audio(new Int16Array(320));
    },
  };
}
