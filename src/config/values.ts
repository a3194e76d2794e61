/** Shapes of values that come as text from the environment, each with words for what is wrong with one. */
import { z } from 'zod';

export const port = z.coerce.number().int().min(1, 'a TCP port, 1–65535').max(65_535, 'a TCP port, 1–65535');
export const milliseconds = z.coerce.number().int().min(0, 'whole milliseconds, zero or more');
/** Waits of the process itself: a JavaScript timer set for longer than this would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;
export const waitMs = milliseconds.max(LONGEST_TIMER_MS, 'at most 2147483647 milliseconds, 24.8 days');
export const url = z.url('an absolute URL');
export const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'a URL that begins with postgres://');
export const millisecondsList = z.string().transform((text, ctx) => {
  const values = text.split(',').map((part) => Number(part.trim()));
  if (values.length === 0 || values.some((v) => !Number.isInteger(v) || v < 10)) {
    ctx.addIssue({ code: 'custom', message: 'whole milliseconds of at least 10, separated by commas' });
    return z.NEVER;
  }
  return values;
});
export const origins = z.string().transform((text, ctx) => {
  const values = text.split(',').map((part) => part.trim());
  if (values.some((value) => !URL.canParse(value) || new URL(value).origin !== value)) {
    const message =
      'origins such as https://console.example.com (no path, no final slash), separated by commas';
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return values;
});
export const ports = z.string().transform((text, ctx) => {
  const values = text.split(',').map(Number);
  if (values.every((value) => Number.isInteger(value) && value >= 1 && value <= 65_535)) return values;
  ctx.addIssue({ code: 'custom', message: 'TCP ports separated by commas' });
  return z.NEVER;
});
export const aMinute = z.coerce.number().int().min(1, 'whole requests a minute, at least one');
export const key32 = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, '32 bytes in base64');
const PAYLOAD_KEY = /^([a-z0-9][a-z0-9._-]{0,31}):(.+)$/;
export const payloadKeys = z.string().transform((text, ctx) => {
  const keys = text.split(',').map((part) => {
    const [, id = '', secret = ''] = PAYLOAD_KEY.exec(part.trim()) ?? [];
    return { id, secret: new Uint8Array(Buffer.from(secret, 'base64')) };
  });
  const isWrong = keys.some(({ id, secret }) => id === '' || secret.length !== 32);
  if (isWrong || new Set(keys.map(({ id }) => id)).size < keys.length) {
    const message = 'ID:KEY pairs separated by commas, each id once and each key 32 bytes in base64';
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return keys;
});
const CLIO_REGION = /^(us|eu|ca|au)$/;
/** `eu:ID:SECRET,au:ID:SECRET` as a map by region. */
export const regionalApps = z.string().transform((text, ctx) => {
  const parts = text.split(',').map((part) => part.trim().split(':'));
  if (parts.some(([region = '', id, secret]) => !CLIO_REGION.test(region) || !id || !secret)) {
    ctx.addIssue({
      code: 'custom',
      message: 'REGION:ID:SECRET separated by commas, the regions being us, eu, ca, au',
    });
    return z.NEVER;
  }
  return Object.fromEntries(
    parts.map(([region = '', clientId = '', ...secret]) => [
      region,
      { clientId, clientSecret: secret.join(':') },
    ]),
  );
});
/** `us=https://…,eu=https://…` as a map by region. */
export const regionalHosts = z.string().transform((text, ctx) => {
  const parts = text.split(',').map((part) => part.trim().split('='));
  if (parts.some(([region = '', host = '']) => !CLIO_REGION.test(region) || !URL.canParse(host))) {
    ctx.addIssue({
      code: 'custom',
      message: 'REGION=URL separated by commas, the regions being us, eu, ca, au',
    });
    return z.NEVER;
  }
  return Object.fromEntries(parts) as Record<string, string>;
});
export const address = z.string().regex(/^[^\s:/]+:\d+$/, 'host:port');
