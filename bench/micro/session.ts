/** A whole call in this process, without sockets: what one incoming 20 ms frame costs the audio loop. */
import { createLogger } from '../../src/telemetry/logger.js';
import { createVad } from '../../src/voice/audio/vad.js';
import { FRAME_SAMPLES, type SpeechToText } from '../../src/voice/ports.js';
import type { AgentTurn, ConversationAgent } from '../../src/voice/session/agent-port.js';
import type { CallSession } from '../../src/voice/session/call-deps.js';
import { createCallSession } from '../../src/voice/session/call-session.js';
import { defaultSessionOptions } from '../../src/voice/session/options.js';
import { createScriptedLanguageModel } from '../../src/voice/providers/scripted/language-model.js';
import { speakInTones } from '../../standins/openai/tone-code/encode.js';

/** Takes the frames and recognises nothing: what a recogniser costs is not asked here. */
const idleRecogniser: SpeechToText = {
  name: 'none',
  start: () => ({ push: () => undefined, finish: () => Promise.resolve(''), cancel: () => undefined }),
  close: () => Promise.resolve(),
};
const listens: AgentTurn = {
  act: { kind: 'listen', template: 'Yes?' },
  instructions: '',
  expects: 'open',
  verbatim: true,
  closesCall: false,
};
const agent: ConversationAgent = { greeting: () => listens, reply: () => listens };

/** A call that is under way, with a real detector. */
export function openSession(): CallSession {
  const deps = {
    providers: { stt: idleRecogniser, llm: createScriptedLanguageModel(), tts: null },
    createVad: () => createVad({ mode: 2 }),
    journal: { append: () => undefined },
    timing: { record: () => undefined, recordError: () => undefined },
    filter: () => true,
    logger: createLogger('silent', 'bench'),
    nowMs: () => performance.now(),
    epochMs: Date.now,
    agent,
    link: { send: () => undefined, sendFrame: () => undefined },
  };
  const header = { tenantId: 'bench', callId: 'call_bench000000000000000', startedAtMs: 0 };
  const session = createCallSession(deps, header, { ...defaultSessionOptions, output: 'text' });
  session.start();
  return session;
}

/** What a caller sends: 1.5 s of speech in tones, then as much silence, in frames. */
export function callerFrames(): { speech: Int16Array[]; silence: Int16Array[] } {
  const sound = speakInTones('my landlord changed the locks on thursday and will not answer', 16_000);
  const speech: Int16Array[] = [];
  for (let at = 0; at + FRAME_SAMPLES <= sound.length; at += FRAME_SAMPLES)
    speech.push(sound.slice(at, at + FRAME_SAMPLES));
  return { speech, silence: speech.map(() => new Int16Array(FRAME_SAMPLES)) };
}
