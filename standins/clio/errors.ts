import { z } from 'zod';
import type { ClioSettings } from './settings.js';

export type ClioErrorCode =
  | 'bad_request'
  | 'invalid_fields'
  | 'not_found'
  | 'stale'
  | 'gone'
  | 'argument'
  | 'validation'
  | 'upload_not_found';

/** A refusal, on its way to becoming Clio's `{error: {type, message}}`. */
export class ClioRefusal extends Error {
  constructor(
    readonly code: ClioErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'ClioRefusal';
  }
}

const statuses: Record<ClioErrorCode, number> = {
  bad_request: 400,
  invalid_fields: 400,
  not_found: 404,
  gone: 410,
  stale: 412,
  argument: 422,
  validation: 422,
  upload_not_found: 422,
};

/** Status and body for a refusal. Clio gives one message string, never a map by field. */
export function answerTo(refusal: ClioRefusal, settings: ClioSettings): { status: number; body: object } {
  const types: Record<ClioErrorCode, string> = {
    bad_request: 'ArgumentError',
    invalid_fields: 'InvalidFields',
    not_found: settings.notFoundType,
    gone: 'InvalidVersion',
    stale: 'PreconditionFailed',
    argument: 'ArgumentError',
    validation: settings.validationType,
    upload_not_found: 'UploadNotFoundError',
  };
  return { status: statuses[refusal.code], body: errorObject(types[refusal.code], refusal.message) };
}

export function errorObject(type: string, message: string): { error: { type: string; message: string } } {
  return { error: { type, message } };
}

/**
 * Checks a body against a schema; keys the schema does not know are dropped without a word, as Clio does.
 * @throws ClioRefusal `bad_request` when the body is not wrapped in `data`, `validation` when a value does not fit.
 */
export function dataOf<Schema extends z.ZodObject>(schema: Schema, body: unknown): z.output<Schema> {
  const wrapped = z.object({ data: z.record(z.string(), z.unknown()) }).safeParse(body);
  if (!wrapped.success) throw new ClioRefusal('bad_request', 'Required parameter data is missing');
  const checked = schema.safeParse(wrapped.data.data);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new ClioRefusal(
    'validation',
    `${issue?.path.join('.') ?? 'data'}: ${issue?.message ?? 'is invalid'}`,
  );
}
