import pino, { type Logger as PinoLogger } from 'pino';

/**
 * Structured log. Messages are fixed sentences; everything that varies is a field. Fields named below are replaced
 * before they reach the line, at the top level and one level down, because what callers say is privileged.
 */
export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;

const privileged = [
  'text',
  'transcript',
  'token',
  'authorization',
  'password',
  'secret',
  'phone',
  'phoneE164',
  'email',
  'firstName',
  'lastName',
  'name',
  'payload',
  'record',
  'detail',
  'verbatim',
  'accessToken',
  'refreshToken',
  'body',
  'cookie',
];

/**
 * @param level least severe level written.
 * @param component which process or part speaks, e.g. `edge`.
 */
export function createLogger(level: string, component: string): Logger {
  return pino({
    level,
    base: { component },
    redact: { paths: privileged.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
    serializers: { err: safeError },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}

/** An error as log fields: class, code and stack frames, not its message chain from vendors beyond our own classes. */
function safeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = error.stack
    ?.split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 6);
  return {
    type: error.name,
    code,
    message: error.name === 'OutsideError' ? error.message : undefined,
    frames,
  };
}
