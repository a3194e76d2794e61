/** Engines that survive their servers: the chosen ones behind breakers, with what stands in for them. */
import type { Logger } from '../telemetry/logger.js';
import type { LanguageModel, Providers, SpeechToText, TextToSpeech } from '../voice/ports.js';
import { createCircuit, type Circuit, type CircuitView } from '../voice/providers/resilience/circuit.js';
import { createFailoverLanguageModel } from '../voice/providers/resilience/language-model.js';
import { createPhraseBook, type PhraseBook } from '../voice/providers/resilience/phrase-book.js';
import {
  probeLanguageModel,
  probeSpeechToText,
  probeTextToSpeech,
} from '../voice/providers/resilience/probes.js';
import { createFailoverSpeechToText } from '../voice/providers/resilience/speech-to-text.js';
import { standIn, type StandIn } from '../voice/providers/resilience/stand-in.js';
import { createFailoverTextToSpeech } from '../voice/providers/resilience/text-to-speech.js';
import { sparePhrases } from '../voice/session/phrases.js';

/** How long each stage may take before another engine is asked, in milliseconds. */
export interface Budgets {
  sttAnswerMs: number;
  llmFirstTokenMs: number;
  ttsFirstAudioMs: number;
}

export interface FailoverDeps {
  /** The chosen engines; those that run in this process have nothing behind them that could fail alone. */
  primary: Providers;
  /** Which of them are servers: these get a breaker. */
  remote: { stt: boolean; llm: boolean; tts: boolean };
  /** Engines that stand in; each is opened in the background, and null where there is none. */
  opening: { stt: Promise<SpeechToText | null>; tts: Promise<TextToSpeech | null> };
  /** A second server for words, asked before the policy's own sentence is said. */
  secondLlm: LanguageModel | null;
  budgets: Budgets;
  /** Tells the voice of the primary from others on the disk (providers/resilience/phrase-book.ts). */
  voiceId: string;
  /** Where sentences made beforehand are kept. */
  phrasesDirectory: string;
  logger: Logger;
}

export interface ResilientProviders {
  /** For the calls. */
  providers: Providers;
  /** Sentences made beforehand; null where nobody speaks. */
  phrases: PhraseBook | null;
  circuits: () => CircuitView[];
  /** Ends probes and lets every engine go; one that will not must not keep the others. */
  close: () => Promise<void>;
}

/** Puts every server behind a breaker of its own and in front of what stands in for it. */
export function createResilientProviders(deps: FailoverDeps): ResilientProviders {
  const { primary, opening, secondLlm, logger } = deps;
  const circuits: Circuit[] = [];
  const guard: Guard = (stage, engine, probe) => {
    const circuit = createCircuit({ stage, engine: engine.name, probe, logger });
    circuits.push(circuit);
    return circuit;
  };
  const stt = standIn('stt', opening.stt, logger);
  const tts: StandIn<TextToSpeech> = standIn('tts', opening.tts, logger, () => phrases?.again());
  const phrases = primary.tts ? phraseBookOf(deps, tts.engine) : null;
  return {
    providers: {
      stt: guardedStt(deps, guard, stt.engine),
      llm: guardedLlm(deps, guard),
      tts: guardedTts(deps, guard, tts.engine),
    },
    phrases,
    circuits: () => circuits.map((circuit) => circuit.view()),
    async close() {
      for (const circuit of circuits) circuit.close();
      await phrases?.close();
      const engines = [primary.stt, primary.llm, primary.tts, secondLlm];
      await Promise.allSettled([...engines.map((engine) => engine?.close()), stt.close(), tts.close()]);
    },
  };
}

type Guard = (
  stage: CircuitView['stage'],
  engine: { name: string },
  probe: (signal: AbortSignal) => Promise<void>,
) => Circuit;

const phraseBookOf = (
  { primary, voiceId, phrasesDirectory, logger }: FailoverDeps,
  fallback: () => TextToSpeech | null,
): PhraseBook =>
  createPhraseBook({
    phrases: sparePhrases,
    engines: () => [primary.tts, fallback()],
    voiceId,
    directory: phrasesDirectory,
    logger,
  });

function guardedStt(
  { primary: { stt }, remote, budgets }: FailoverDeps,
  guard: Guard,
  fallback: () => SpeechToText | null,
): SpeechToText | null {
  if (!stt || !remote.stt) return stt;
  const circuit = guard('stt', stt, probeSpeechToText(stt));
  return createFailoverSpeechToText({ primary: stt, circuit, fallback, answerMs: budgets.sttAnswerMs });
}

function guardedLlm({ primary, remote, secondLlm, budgets }: FailoverDeps, guard: Guard): LanguageModel {
  if (!remote.llm) return primary.llm;
  const engines = secondLlm ? [primary.llm, secondLlm] : [primary.llm];
  return createFailoverLanguageModel({
    endpoints: engines.map((engine) => ({
      engine,
      circuit: guard('llm', engine, probeLanguageModel(engine)),
    })),
    firstTokenMs: budgets.llmFirstTokenMs,
  });
}

function guardedTts(
  { primary: { tts }, remote, budgets }: FailoverDeps,
  guard: Guard,
  fallback: () => TextToSpeech | null,
): TextToSpeech | null {
  if (!tts || !remote.tts) return tts;
  const circuit = guard('tts', tts, probeTextToSpeech(tts));
  const { ttsFirstAudioMs: firstAudioMs } = budgets;
  return createFailoverTextToSpeech({ primary: tts, circuit, fallback, firstAudioMs });
}
