/** Answers that do not arrive as they were given, although the work was done. */
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { ErrorBody, FaultEffect } from './faults.js';
import type { LedgerRequest } from './ledger.js';

interface Struck {
  entry: LedgerRequest;
  effect?: FaultEffect | undefined;
}

/** What comes in the place of an answer to work that was done. */
export function spoil(
  { entry, effect }: Struck,
  reply: FastifyReply,
  answer: unknown,
  errorBody: ErrorBody,
): unknown {
  switch (effect?.kind) {
    case 'commit_then_cut':
      entry.status = 'cut';
      reply.raw.socket?.destroy();
      return answer;
    case 'commit_then_status':
      reply.code(effect.status).type('application/json; charset=utf-8');
      return JSON.stringify(errorBody(effect.status, 'Scripted failure'));
    case 'garbled':
      return '\u0000{"data": [[ not what was asked for';
    case 'half_body': {
      const whole = Buffer.from(typeof answer === 'string' ? answer : '{"data":{}}');
      entry.status = 'cut';
      reply.header('content-length', whole.length);
      return halfOf(whole, reply);
    }
    default:
      return answer;
  }
}

function halfOf(whole: Buffer, reply: FastifyReply): Readable {
  return Readable.from(
    (async function* () {
      yield whole.subarray(0, Math.floor(whole.length / 2));
      // Until the half has left; the socket is gone before the stream ends by itself.
      await delay(20);
      reply.raw.socket?.destroy();
    })(),
  );
}
