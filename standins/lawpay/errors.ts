import type { z } from 'zod';

/** One entry of LawPay's `messages`. */
export interface Message {
  code: string;
  level: 'error';
  message?: string;
  /** The field or entity it is about, e.g. `amount` or `Account[id]`. */
  context?: string;
  sub_code?: string;
  facility: 'gateway' | 'payment_processor';
  /** The stored transaction a decline or processor error left behind. */
  entity_id?: string;
}

/** A refusal, on its way to becoming `{messages: […]}`. Declines are 422 like validation errors, never 402. */
export class LawPayRefusal extends Error {
  constructor(
    readonly status: number,
    readonly messages: readonly Message[],
  ) {
    super(messages.map(({ code }) => code).join(', '));
    this.name = 'LawPayRefusal';
  }
}

/** A refusal of one message by the gateway itself. */
export function refusal(
  status: number,
  code: string,
  more: Partial<Omit<Message, 'code'>> = {},
): LawPayRefusal {
  return new LawPayRefusal(status, [{ code, level: 'error', facility: 'gateway', ...more }]);
}

export const notFound = (entity: string, id: string) =>
  refusal(404, 'resource_not_found', { context: `${entity}[${id}]` });

/**
 * Checks a body; each thing wrong with it becomes a message.
 * @throws LawPayRefusal 422 `invalid_data` with the field as `context`.
 */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new LawPayRefusal(
    422,
    parsed.error.issues.map((issue) => ({
      code: 'invalid_data',
      sub_code: subCodeOf(issue),
      level: 'error',
      context: issue.path.join('.'),
      message: issue.message,
      facility: 'gateway',
    })),
  );
}

function subCodeOf(issue: z.core.$ZodIssue): string {
  const isText = 'origin' in issue && issue.origin === 'string';
  if (issue.input === undefined) return 'not_null';
  if (issue.code === 'too_small') return isText ? 'not_blank' : 'below_minimum_value';
  if (issue.code === 'too_big') return isText ? 'invalid_length' : 'exceeds_maximum_value';
  return 'invalid';
}
