import { z } from 'zod';
import { OutsideError, type ErrorClass } from '../../domain/failures.js';
import { describe, retryAfterMs, type Answer, type Exchange } from '../http.js';

const ErrorBody = z.object({ messages: z.array(z.object({ code: z.string() })).min(1) });
const CODE = /^[a-z_]{1,60}$/;

/** LawPay's refusal of a read as an error class; only status and error code reach our message. */
export function refusal(call: Exchange, answer: Answer, nowMs: number): OutsideError {
  const code = errorCode(answer.text);
  const message = `LawPay answered ${answer.status}${code ? ` (${code})` : ''} to ${describe(call)}`;
  const errorClass = classify(answer.status, code !== undefined);
  return new OutsideError(
    errorClass,
    message,
    errorClass === 'rate_limited' ? retryAfterMs(answer.headers, nowMs) : undefined,
  );
}

function classify(status: number, hasErrorBody: boolean): ErrorClass {
  // No limit is documented, but gateways grow them.
  if (status === 429) return 'rate_limited';
  if (status === 401) return 'auth';
  // A firewall in front answers 403 with a page of its own; taken for LawPay's word it would end the firm's connection.
  if (status === 403) return hasErrorBody ? 'auth' : 'unavailable';
  if (status === 409) return 'conflict';
  return status >= 500 || status === 408 ? 'unavailable' : 'invalid';
}

function errorCode(text: string): string | undefined {
  try {
    const code = ErrorBody.parse(JSON.parse(text)).messages[0]?.code;
    return code !== undefined && CODE.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}
