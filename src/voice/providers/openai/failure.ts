/** What went wrong on the wire, as the one error class of the call. */
import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { z } from 'zod';
import { ProviderError } from '../../ports.js';

type Stage = ProviderError['stage'];
type Kind = ProviderError['kind'];

/**
 * Every failure of a provider as a ProviderError. The message carries status and code only: vendors repeat the request
 * in theirs, and the request is what people said.
 */
export function toProviderError(stage: Stage, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const [kind, message] = explain(error);
  return new ProviderError(stage, kind, message, { cause: error });
}

function explain(error: unknown): [Kind, string] {
  if (error instanceof APIConnectionTimeoutError) return ['timeout', 'The server did not answer in time.'];
  if (error instanceof APIConnectionError) return ['unavailable', 'The server could not be reached.'];
  if (error instanceof APIError) {
    const status = typeof error.status === 'number' ? error.status : undefined;
    const code = error.code ?? error.type ?? 'no code';
    return [kindOf(status, code), `The server answered ${status ?? 'with an error event'} (${code}).`];
  }
  if (error instanceof SyntaxError) return ['garbage', 'The server sent something that is not JSON.'];
  if (error instanceof z.ZodError) return ['garbage', 'The server sent something of another shape.'];
  return ['unavailable', 'The connection broke before the answer was complete.'];
}

/** Codes that no waiting mends although their status (or their lack of one) suggests it. */
const refusals = new Set(['insufficient_quota', 'invalid_api_key', 'model_not_found', 'invalid_model']);

/**
 * Whether another try elsewhere or later may help.
 * @param status HTTP status; undefined for an error inside a stream or on a realtime socket.
 * @param code `code` of the error, or its `type` where it has no code.
 */
export function kindOf(status: number | undefined, code: string): Kind {
  if (refusals.has(code)) return 'refused';
  if (status === undefined) return /^invalid_/.test(code) ? 'refused' : 'unavailable';
  if (status === 408 || status === 504) return 'timeout';
  return status === 409 || status === 429 || status >= 500 ? 'unavailable' : 'refused';
}
