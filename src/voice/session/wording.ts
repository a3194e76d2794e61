/** From an act to the clauses that are spoken: the model's words, or the act's own sentence when the model fails. */
import type { LanguageModel, WordingRequest } from '../ports.js';
import { ProviderError } from '../ports.js';
import { createClauseSplitter } from './clause-splitter.js';
import { readWithin } from './deadline.js';
import type { SessionOptions } from './options.js';

/** Looks at every clause of the model's before it is spoken: may it be said? Pure and fast. */
export type OutgoingFilter = (clause: string) => boolean;

export interface WordingDeps {
  llm: LanguageModel;
  filter: OutgoingFilter;
  options: Pick<SessionOptions, 'llmFirstPieceTimeoutMs' | 'llmTotalTimeoutMs' | 'maxReplyChars'>;
  /** The first words exist, the model's or the template's. May be called twice. */
  onFirstPiece: () => void;
  /** The model failed; the template follows. */
  onFailure: (error: unknown) => void;
}

/**
 * Yields clauses ready to be spoken. When the model fails, stays silent, or words something that may not be said, the
 * template follows: what was already spoken stands, the rest is dropped, and the act is still conveyed.
 * @throws only the signal's reason, when aborted.
 */
export async function* wording(
  deps: WordingDeps,
  request: WordingRequest,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  let said = false;
  try {
    for await (const clause of modelClauses(deps, request, signal)) {
      if (!deps.filter(clause)) throw new ProviderError('llm', 'garbage', 'the model worded it unacceptably');
      said = true;
      yield clause;
    }
    if (said) return;
    deps.onFailure(new ProviderError('llm', 'garbage', 'the model gave no words'));
  } catch (error) {
    signal.throwIfAborted();
    deps.onFailure(error);
  }
  deps.onFirstPiece();
  yield* fixedClauses(request.act.template);
}

/** Clauses of a sentence that needs no model. */
export function fixedClauses(text: string): string[] {
  const splitter = createClauseSplitter();
  return [...splitter.push(text), ...splitter.flush()];
}

async function* modelClauses(
  { llm, options, onFirstPiece }: WordingDeps,
  request: WordingRequest,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const splitter = createClauseSplitter();
  const limits = {
    firstMs: options.llmFirstPieceTimeoutMs,
    nextMs: options.llmTotalTimeoutMs,
    totalMs: options.llmTotalTimeoutMs,
  };
  let chars = 0;
  for await (const piece of readWithin('llm', limits, signal, (inner) => llm.word(request, inner))) {
    if (piece === '') continue;
    if (chars === 0) onFirstPiece();
    const taken = piece.slice(0, options.maxReplyChars - chars);
    chars += taken.length;
    yield* splitter.push(taken);
    if (chars >= options.maxReplyChars) break;
  }
  yield* splitter.flush();
}
