/** Hears an answer as a call does, detector and turn-taking included, and tells in which pauses it took it for finished. */
import type { TurnTakingEvent, TurnTakingRules } from '../../src/domain/turntaking/rules.js';
import { initialTurnTaking } from '../../src/domain/turntaking/state.js';
import { turnTaking } from '../../src/domain/turntaking/turn-taking.js';
import { createVad } from '../../src/voice/audio/vad.js';
import { FRAME_MS, FRAME_SAMPLES } from '../../src/voice/ports.js';
import type { Answer } from './corpus.js';

/** `live`: the engine tells words while the caller speaks; `on_commit`: only when it is asked for them. */
export type Words = 'live' | 'on_commit';

export interface Heard {
  /** Pauses after which the caller was answered too early. */
  falseEnds: number;
  pauses: number;
  /** From the last voiced frame to the end of the whole answer. */
  endpointMs: number | null;
  /** Eager starts that were thrown away. */
  wasted: number;
}

/** As far as recognisers lag behind the sound, and as long as they need from the commit to the words. */
const LAG_MS = 100;
const COMMIT_MS = 100;
/** Quiet before the first word and after the last. */
const LEAD_MS = 300;
const TAIL_MS = 2_000;
/** As on a quiet line: digital silence would be too easy for a detector. */
const NOISE_PEAK = 8;

interface Part {
  text: string;
  endsAtMs: number;
}

/**
 * @param spoken the answer's parts as PCM16 at 16 kHz, without the silence around them.
 * @param pauseMs between any two parts.
 */
export function listen(
  answer: Answer,
  spoken: readonly Int16Array[],
  { pauseMs, words, rules }: { pauseMs: number; words: Words; rules: TurnTakingRules },
): Heard {
  const { audio, parts } = lineOf(answer, spoken, pauseMs);
  const vad = createVad({ mode: 2 });
  const ends: { atMs: number; lastVoicedAtMs: number }[] = [];
  let state = { ...initialTurnTaking, expects: answer.expects };
  let asked: { atMs: number; from: number } | undefined;
  let begun = 0;
  const step = (event: TurnTakingEvent): void => {
    const next = turnTaking(state, event, rules);
    state = next.state;
    for (const decision of next.decisions) {
      if (decision.kind === 'endpoint') ends.push(decision);
      if (decision.kind === 'speech_started') begun = decision.fromMs;
      asked = decision.kind === 'likely_end' ? { atMs: decision.atMs, from: begun } : asked;
      if (decision.kind === 'cancel' && decision.cause === 'speech') asked = undefined;
    }
  };
  for (let atMs = FRAME_MS; atMs <= audio.length / (FRAME_SAMPLES / FRAME_MS); atMs += FRAME_MS) {
    const due = words === 'live' ? atMs - LAG_MS : asked && atMs >= asked.atMs + COMMIT_MS ? asked.atMs : 0;
    const text = textOf(parts, begun, due);
    const final = words === 'on_commit' ? { final: true as const } : {};
    if (text !== '') step({ kind: 'words', atMs, text, ...final });
    const at = (atMs / FRAME_MS - 1) * FRAME_SAMPLES;
    step({ kind: 'frame', atMs, voiced: vad.isVoiced(audio.subarray(at, at + FRAME_SAMPLES)) });
  }
  vad.close();
  const overAtMs = parts.at(-1)?.endsAtMs ?? 0;
  const last = ends.find(({ atMs }) => atMs > overAtMs);
  return {
    falseEnds: ends.filter(({ atMs }) => atMs <= overAtMs).length,
    pauses: parts.length - 1,
    endpointMs: last ? last.atMs - last.lastVoicedAtMs : null,
    wasted: state.speculation.wasted,
  };
}

/** The words of the parts that were said between two moments. */
const textOf = (parts: readonly Part[], fromMs: number, untilMs: number): string =>
  parts
    .filter(({ endsAtMs }) => endsAtMs > fromMs && endsAtMs <= untilMs)
    .map(({ text }) => text)
    .join(' ');

function lineOf(
  answer: Answer,
  spoken: readonly Int16Array[],
  pauseMs: number,
): { audio: Int16Array; parts: Part[] } {
  const perMs = FRAME_SAMPLES / FRAME_MS;
  const speechLength = spoken.reduce((sum, samples) => sum + samples.length, 0);
  const quietMs = LEAD_MS + (spoken.length - 1) * pauseMs + TAIL_MS;
  const length = Math.floor((speechLength + quietMs * perMs) / FRAME_SAMPLES) * FRAME_SAMPLES;
  // A generator of its own, so that every run hears the same noise.
  let seed = 1;
  const audio = Int16Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return Math.round((seed / 2_147_483_647 - 0.5) * 2 * NOISE_PEAK);
  });
  const parts: Part[] = [];
  let at = LEAD_MS * perMs;
  spoken.forEach((samples, n) => {
    audio.set(samples, at);
    at += samples.length;
    parts.push({ text: answer.parts[n] ?? '', endsAtMs: at / perMs });
    at += pauseMs * perMs;
  });
  return { audio, parts };
}
