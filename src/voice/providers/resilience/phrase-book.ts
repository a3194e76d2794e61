/**
 * Audio of sentences that must be heard whatever happens, made beforehand: at the start and whenever a new one is learnt,
 * never while a caller waits. Kept in memory per process, and on the disk so that a start during an outage has it too.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../../telemetry/logger.js';
import { bytesFromSamples, concatSamples } from '../../audio/pcm.js';
import type { TextToSpeech } from '../../ports.js';

export interface PhraseBook {
  /** PCM16 16 kHz, or undefined when it has not been made. */
  audioOf(text: string): Int16Array | undefined;
  /** Makes a further sentence in the background, unless it is there. The least recently learnt one makes room. */
  learn(text: string): void;
  /** A further engine can speak: what is missing is made now. */
  again(): void;
  /** Aborts what is being made. */
  close(): Promise<void>;
}

export interface PhraseBookOptions {
  /** Kept for ever. */
  phrases: readonly string[];
  /** Who may speak them, best first; those that are null (not ready, not there) are passed over. */
  engines: () => readonly (TextToSpeech | null)[];
  /** Tells voices apart on the disk: engine, model and voice of the first engine. Only its audio is kept there. */
  voiceId: string;
  /** Made when missing. */
  directory: string;
  logger: Logger;
  /** From a round in which not everything could be made to the next, in milliseconds. Default 30 s. */
  retryMs?: number;
}

/** Greetings of so many firms at some 300 KB each. */
const LEARNT = 40;
const SPEAK_TIMEOUT_MS = 10_000;
const DEFAULT_RETRY_MS = 30_000;

export function createPhraseBook(options: PhraseBookOptions): PhraseBook {
  const { phrases, logger, retryMs = DEFAULT_RETRY_MS } = options;
  const audio = new Map<string, Int16Array>();
  const learnt = new Set<string>();
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;

  const missing = (): string[] => [...phrases, ...learnt].filter((text) => !audio.has(text));
  const fill = async (): Promise<void> => {
    const unable = new Set<TextToSpeech>();
    for (let text = missing()[0]; text !== undefined; text = missing()[0]) {
      const made = (await stored(options, text)) ?? (await spoken(options, unable, text, closing.signal));
      if (!made || closing.signal.aborted) return;
      audio.set(text, made);
    }
  };
  const begin = (): void => {
    clearTimeout(timer);
    if (closing.signal.aborted || round || missing().length === 0) return;
    round = fill()
      .catch((err: unknown) => logger.warn({ err }, 'phrases could not be made beforehand'))
      .finally(() => {
        round = undefined;
        if (missing().length > 0 && !closing.signal.aborted) timer = setTimeout(begin, retryMs).unref();
      });
  };
  begin();
  return {
    audioOf: (text) => audio.get(text),
    again: begin,
    learn(text) {
      if (text === '' || phrases.includes(text) || learnt.has(text)) return;
      learnt.add(text);
      const oldest = learnt.size > LEARNT ? learnt.values().next().value : undefined;
      if (oldest !== undefined) {
        learnt.delete(oldest);
        audio.delete(oldest);
      }
      begin();
    },
    async close() {
      clearTimeout(timer);
      closing.abort();
      await round;
    },
  };
}

/** Spoken by the first engine that can. One that cannot is not asked again in this round: it joins `unable`. */
async function spoken(
  options: PhraseBookOptions,
  unable: Set<TextToSpeech>,
  text: string,
  closing: AbortSignal,
): Promise<Int16Array | undefined> {
  for (const [rank, engine] of options.engines().entries()) {
    if (!engine || unable.has(engine)) continue;
    const chunks: Int16Array[] = [];
    try {
      const signal = AbortSignal.any([closing, AbortSignal.timeout(SPEAK_TIMEOUT_MS)]);
      for await (const chunk of engine.speak(text, signal)) chunks.push(chunk.slice());
      const samples = concatSamples(chunks);
      if (samples.length === 0) throw new Error('No sound came.');
      if (rank === 0) await store(options, text, samples);
      return samples;
    } catch (err) {
      if (closing.aborted) return undefined;
      options.logger.warn({ err, engine: engine.name }, 'an engine could not make a phrase beforehand');
      unable.add(engine);
    }
  }
  return undefined;
}

const fileOf = ({ directory, voiceId }: PhraseBookOptions, text: string): string =>
  join(directory, `${createHash('sha256').update(`${voiceId}\n${text}`).digest('hex').slice(0, 32)}.pcm`);

async function stored(options: PhraseBookOptions, text: string): Promise<Int16Array | undefined> {
  const bytes = await readFile(fileOf(options, text)).catch(() => undefined);
  if (!bytes || bytes.length < 2) return undefined;
  const samples = new Int16Array(bytes.length >> 1);
  for (let at = 0; at < samples.length; at += 1) samples[at] = bytes.readInt16LE(at * 2);
  return samples;
}

/** Renamed into place, so that a file with its final name is whole. A disk that refuses costs only the next start. */
async function store(options: PhraseBookOptions, text: string, samples: Int16Array): Promise<void> {
  const file = fileOf(options, text);
  try {
    await mkdir(options.directory, { recursive: true });
    await writeFile(`${file}.${process.pid}`, bytesFromSamples(samples));
    await rename(`${file}.${process.pid}`, file);
  } catch (err) {
    options.logger.debug({ err }, 'a phrase could not be kept on the disk');
  }
}
