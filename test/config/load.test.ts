import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ConfigError, loadConfig, requireSettings } from '../../src/config/load.js';
import { settings } from '../../src/config/schema.js';

const problemsOf = (env: Record<string, string>): string => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};

test('an empty environment gives the defaults, frozen', () => {
  const config = loadConfig({});
  expect(config.HERMES_PORT).toBe(8080);
  expect(config.HERMES_WRITE_SLOW_DELAYS_MS).toEqual([60_000, 300_000, 900_000, 3_600_000]);
  expect(Object.isFrozen(config)).toBe(true);
});

test('an empty variable counts as unset', () => {
  expect(loadConfig({ HERMES_PORT: '' }).HERMES_PORT).toBe(8080);
});

test('every wrong setting is named at once, with its problem and a right example', () => {
  const message = problemsOf({
    HERMES_PORT: '99999',
    HERMES_STT: 'whisper',
    HERMES_WRITE_SLOW_DELAYS_MS: '1,x',
  });
  expect(message).toContain('HERMES_PORT: must be a TCP port');
  expect(message).toContain('Example: HERMES_PORT=8080');
  expect(message).toContain('HERMES_STT');
  expect(message).toContain('"whisper"');
  expect(message).toContain('HERMES_WRITE_SLOW_DELAYS_MS');
});

test.each(['https://a.example.com/', 'a.example.com', 'https://a.example.com,', '*'])(
  'what is no origin is refused: %s',
  (origin) => {
    expect(problemsOf({ HERMES_ALLOWED_ORIGINS: origin })).toContain('HERMES_ALLOWED_ORIGINS');
  },
);

test('what is missing is named with its example and with who wants it', () => {
  const missing = (): unknown =>
    requireSettings(loadConfig({}), ['HERMES_RECORDING_S3_BUCKET'], 'HERMES_RECORDING=s3 needs them');
  expect(missing).toThrow(
    /missing \(HERMES_RECORDING=s3 needs them\):\n {2}HERMES_RECORDING_S3_BUCKET: .*Example: HERMES_RECORDING_S3_BUCKET=firm-recordings/,
  );
});

test('the value of a secret is never repeated in a message', () => {
  const message = problemsOf({
    HERMES_SECRET_KEY: 'not-a-good-key',
    DATABASE_URL: 'mysql://root:hunter2@db/x',
  });
  expect(message).toContain('HERMES_SECRET_KEY');
  expect(message).not.toContain('not-a-good-key');
  expect(message).not.toContain('hunter2');
});

test('payload keys are read newest first; a short one, a repeated id and a nameless one are refused', () => {
  const [a, b] = ['a', 'b'].map((letter) => Buffer.alloc(32, letter).toString('base64'));
  const keys = (text: string) => loadConfig({ HERMES_PAYLOAD_KEYS: text }).HERMES_PAYLOAD_KEYS;
  expect(keys(`k2:${b}, k1:${a}`)?.map(({ id, secret }) => [id, secret.length, secret[0]])).toEqual([
    ['k2', 32, 98],
    ['k1', 32, 97],
  ]);
  for (const wrong of [`k1:${a},k1:${b}`, 'k1:short', `:${a}`, `K 1:${a}`, `k1:${a},`])
    expect(problemsOf({ HERMES_PAYLOAD_KEYS: wrong })).toContain('HERMES_PAYLOAD_KEYS');
  expect(problemsOf({ HERMES_PAYLOAD_KEYS: `k1:${a}x!` })).not.toContain(a);
});

test('every example given for a setting is itself accepted', () => {
  for (const [name, { schema, example }] of Object.entries(settings)) {
    if (example.includes('openssl')) continue; // the command that makes one
    expect({ name, ok: schema.safeParse(example).success }).toEqual({ name, ok: true });
  }
});

test('.env.example lists every setting once, with its meaning', () => {
  const text = readFileSync('.env.example', 'utf8');
  for (const [name, { about }] of Object.entries(settings)) {
    expect(
      text.split('\n').filter((line) => line.startsWith(`#${name}=`) || line.startsWith(`${name}=`)),
    ).toHaveLength(1);
    expect(text).toContain(about);
  }
});
