/** What the audio loop does fifty times a second for every call, and what it does once a turn. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCipher } from '../../src/config/cipher.js';
import { defaultRules } from '../../src/domain/turntaking/rules.js';
import { initialTurnTaking } from '../../src/domain/turntaking/state.js';
import { turnTaking } from '../../src/domain/turntaking/turn-taking.js';
import { LatencyRecorder } from '../../src/telemetry/latency.js';
import { emptyHistogram, recordMs } from '../../src/telemetry/histograms.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { decodeAlaw, encodeAlaw } from '../../src/voice/audio/alaw.js';
import { decodeMulaw, encodeMulaw } from '../../src/voice/audio/mulaw.js';
import { createSampleReader, frameSplitter } from '../../src/voice/audio/pcm.js';
import { createResampler, loadResampler } from '../../src/voice/audio/resampler.js';
import { createVad, loadVad } from '../../src/voice/audio/vad.js';
import { parseWav, writeWav } from '../../src/voice/audio/wav.js';
import { openJournal } from '../../src/voice/journal/journal.js';
import { Playout } from '../../src/voice/session/playout.js';
import { splitAtHeard } from '../../src/voice/session/heard-text.js';
import { MarkLedger } from '../../src/voice/transports/twilio/mark-ledger.js';
import type { Subject } from './measure.js';
import { payloads } from './payloads.js';
import { recording } from './recording.js';
import { callerFrames, openSession } from './session.js';

/** Everything that is measured, and the function that cleans up after it. */
export async function openSubjects(): Promise<{ subjects: Subject[]; close: () => Promise<void> }> {
  await Promise.all([loadVad(), loadResampler()]);
  const { speech, silence } = callerFrames();
  const talk = [...speech, ...silence];
  const journal = await journalSubject();
  const subjects = [
    ...detection(talk),
    ...conversion(speech),
    ...wholePath(speech, silence),
    ...playback(),
    ...histograms(),
    ...recording(talk),
    ...payloads(),
    journal.subject,
  ];
  return { subjects, close: journal.close };
}

const pick = (frames: readonly Int16Array[], i: number): Int16Array =>
  frames[i % frames.length] ?? new Int16Array(320);

function detection(talk: readonly Int16Array[]): Subject[] {
  const vad = createVad({ mode: 2 });
  const heard = talk.map((frame) => vad.isVoiced(frame));
  let state = initialTurnTaking;
  const reduce = (i: number): void => {
    const voiced = heard[i % heard.length] ?? false;
    state = turnTaking(state, { kind: 'frame', atMs: i * 20, voiced }, defaultRules).state;
  };
  return [
    { name: 'voice detector, frame', times: 20_000, op: (i) => void vad.isVoiced(pick(talk, i)) },
    { name: 'turn-taking, frame event', times: 200_000, op: reduce },
  ];
}

function conversion(speech: readonly Int16Array[]): Subject[] {
  const up = createResampler(16_000, 24_000);
  const down = createResampler(24_000, 16_000);
  const narrow = createResampler(8_000, 16_000);
  const provider = new Int16Array(480).fill(1_000);
  const phone = new Int16Array(160).fill(1_000);
  const coded = encodeMulaw(phone);
  const alaw = encodeAlaw(phone);
  const bytes = randomBytes(640);
  const reader = createSampleReader();
  const splitter = frameSplitter();
  const second = new Int16Array(16_000).fill(1_000);
  const file = writeWav(second);
  return [
    { name: 'resampler 16 → 24 kHz, frame', times: 10_000, op: (i) => void up.process(pick(speech, i)) },
    { name: 'resampler 24 → 16 kHz, frame', times: 10_000, op: () => void down.process(provider) },
    { name: 'resampler 8 → 16 kHz, frame', times: 10_000, op: () => void narrow.process(phone) },
    { name: 'mu-law encode, frame', times: 50_000, op: () => void encodeMulaw(phone) },
    { name: 'mu-law decode, frame', times: 50_000, op: () => void decodeMulaw(coded) },
    { name: 'A-law encode, frame', times: 50_000, op: () => void encodeAlaw(phone) },
    { name: 'A-law decode, frame', times: 50_000, op: () => void decodeAlaw(alaw) },
    { name: 'bytes → samples → frame', times: 50_000, op: () => void splitter.push(reader.push(bytes)) },
    { name: 'wav write, 1 s', times: 2_000, op: () => void writeWav(second) },
    { name: 'wav read, 1 s', times: 2_000, op: () => void parseWav(file) },
  ];
}

/** In a run the caller talks without pause, is silent, or takes turns; each call lives for its own runs. */
function wholePath(speech: readonly Int16Array[], silence: readonly Int16Array[]): Subject[] {
  const path = (name: string, frames: readonly Int16Array[]): Subject => {
    const session = openSession();
    return { name, times: 10_000, op: (i) => session.audio(pick(frames, i)) };
  };
  return [
    path('call session, frame of speech', speech),
    path('call session, frame of silence', silence),
    path('call session, frame in conversation', [...speech, ...silence]),
  ];
}

/** The account of what the caller has heard: one entry a frame, read when a reply is interrupted. */
function playback(): Subject[] {
  const marks = new MarkLedger();
  const echo = (): void => marks.echoed(marks.sent());
  let nowMs = 0;
  const playout = new Playout(
    () => undefined,
    () => nowMs,
    100,
  );
  const frame = new Int16Array(320);
  const write = (): void => {
    nowMs += 20; // its turn has come whenever it is written, so no timer is needed
    playout.write(frame);
  };
  const clauses = ['I can help you with that.', 'When did your landlord change the locks?'].map((text) => ({
    text,
    samples: text.length * 1_000,
    complete: true,
  }));
  return [
    { name: 'playback ledger, frame out', times: 50_000, op: write },
    { name: 'playback ledger, mark sent and echoed', times: 50_000, op: echo },
    {
      name: 'playback ledger, what was heard of a reply',
      times: 20_000,
      op: (i) => void splitAtHeard(clauses, (i * 320) % 60_000),
    },
  ];
}

function histograms(): Subject[] {
  const histogram = emptyHistogram();
  const recorder = new LatencyRecorder({
    store: () => Promise.resolve(),
    logger: createLogger('silent', 'bench'),
    flushEveryMs: 3_600_000,
  });
  const timing = {
    endpointing: 200,
    stt: 20,
    policy: 0.1,
    llm: 250,
    tts: 100,
    send: 0.1,
    edge: 0.4,
    total: 570,
  };
  return [
    { name: 'histogram, sample', times: 500_000, op: (i) => recordMs(histogram, 5 + (i % 997)) },
    {
      name: 'histogram, all nine samples of a turn',
      times: 50_000,
      op: (i) => recorder.record(`firm-${i % 20}`, timing, { outcome: 'hit' }),
    },
  ];
}

async function journalSubject(): Promise<{ subject: Subject; close: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'hermes-bench-'));
  const cipher = createCipher(randomBytes(32));
  const journal = await openJournal({
    directory,
    seal: (plain) => cipher.seal(Buffer.from(plain).toString('utf8'), 'journal'),
    open: (sealed) => Buffer.from(cipher.open(sealed, 'journal'), 'utf8'),
    sink: { deliver: () => Promise.resolve() },
    logger: createLogger('silent', 'bench'),
    epochMs: Date.now,
  });
  const header = { tenantId: 'bench', callId: 'call_bench000000000000000', startedAtMs: 0 };
  const text = 'My landlord changed the locks on Thursday and will not answer.';
  let number = 0;
  const append = (): void => {
    number += 1;
    journal.append(header, {
      kind: 'turn',
      turn: { number, role: 'caller', text, atMs: 0, input: 'speech' },
    });
  };
  const close = (): Promise<void> =>
    journal.close().then(() => rm(directory, { recursive: true, force: true }));
  return {
    subject: { name: 'journal, append', times: 1_000, op: append, settle: () => journal.flush() },
    close,
  };
}
