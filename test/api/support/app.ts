import { createLocalJWKSet } from 'jose';
import pg from 'pg';
import { type AppDeps, buildApp } from '../../../src/api/app.js';
import type { App } from '../../../src/api/app-types.js';
import { temporalLinks } from '../../../src/api/temporal-links.js';
import { createKeyRing } from '../../../src/codec/key-ring.js';
import { testPayloadKey } from '../../support/data-converter.js';
import { silentLogger } from '../../support/log.js';
import {
  signTestToken,
  TEST_AUDIENCE,
  TEST_ISSUER,
  testJwks,
  type TestTokenOptions,
} from '../../support/tokens.js';

/** A pool whose server does not exist: connecting fails at once. For tests that never reach the database. */
export const absentPool = (): pg.Pool =>
  new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none', connectionTimeoutMillis: 1_000 });

/** A codec server for the embedded UI, with the key of the tests. */
export const codecOf = (): AppDeps['codec'] => ({
  ring: createKeyRing([testPayloadKey]),
  namespace: 'default',
  origins: ['http://127.0.0.1:8233'],
  perPerson: 300,
  secureCookie: false,
});

/** The real application on given parts; whatever is not given works and is empty. */
export async function testApp(deps: Partial<AppDeps> = {}): Promise<App> {
  const app = await buildApp({
    pool: absentPool(),
    logger: silentLogger,
    version: '0.0.0-test',
    auth: { keys: createLocalJWKSet(await testJwks()), issuer: TEST_ISSUER, audience: TEST_AUDIENCE },
    // A machine that is busy with other things must not make this one refuse what a test asks.
    limits: { perAddress: 1_200, perTenant: 600, maxLoopDelayMs: 0 },
    publicUrl: 'http://127.0.0.1:8080',
    twilioAuthToken: undefined,
    temporalLink: temporalLinks('http://127.0.0.1:8233', 'default'),
    readiness: () => Promise.resolve({ database: null, temporal: null, journal: null }),
    liveCalls: () => 0,
    maxCalls: 10,
    journal: () => ({ pending: 0, inMemory: 0 }),
    loopDelayP99Ms: () => 0,
    providers: () => [],
    load: () => 'normal',
    retry: () => Promise.resolve([]),
    desk: {
      content: () => Promise.resolve({ operation: 'clio.note.create', payload: {} }),
      decide: () => Promise.resolve({ phase: 'retrying', attempts: 1, revision: 1 }),
    },
    redrives: {
      start: () => Promise.resolve({ jobId: 'rd_0', total: 0 }),
      order: () => Promise.reject(new Error('no job')),
    },
    box: { seal: (plain) => Buffer.from(plain), open: () => '{}' },
    connections: {
      states: {
        begin: () => Promise.reject(new Error('no states')),
        redeem: () => Promise.resolve(undefined),
      },
      clio: {
        consentUrl: () => undefined,
        connect: () => Promise.resolve({ kind: 'refused' }),
        disconnect: () => Promise.resolve(undefined),
      },
      grow: {
        read: () => Promise.resolve(undefined),
        name: () => Promise.reject(new Error('no database')),
        letGo: () => Promise.resolve(false),
      },
      reconnected: () => Promise.resolve(),
    },
    notices: {
      box: { seal: (plain) => Buffer.from(plain) },
      policy: { ports: [443], allowPrivate: false },
      carriers: ['mail', 'sms', 'slack', 'pagerduty'],
      start: () => Promise.reject(new Error('no Temporal')),
    },
    webhooks: {
      box: { seal: (plain) => Buffer.from(plain), open: (sealed) => Buffer.from(sealed).toString() },
      policy: { ports: [443], allowPrivate: false },
      maxRatePerMinute: 600,
      start: () => Promise.reject(new Error('no Temporal')),
      reconnected: () => Promise.resolve(),
    },
    latency: () => Promise.resolve(new Map()),
    turns: () => Promise.resolve({ turns: 0, errors: 0 }),
    modelShutdowns: () => [],
    eventsCame: () => Promise.resolve(),
    refunds: { order: () => Promise.reject(new Error('no Temporal')) },
    payDesk: { look: () => Promise.resolve(undefined), pay: () => Promise.resolve(undefined) },
    cardFields: { script: 'https://fields.example/f.js', origins: ['https://fields.example'] },
    paymentSetup: {
      read: () => Promise.reject(new Error('no LawPay')),
      nameAccounts: () => Promise.reject(new Error('no LawPay')),
      newEventsSecret: () => Promise.reject(new Error('no LawPay')),
      proveUnit: () => Promise.reject(new Error('no LawPay')),
    },
    codec: codecOf(),
    ...deps,
  });
  await app.ready();
  return app;
}

/** An `Authorization` header for a test user. */
export const bearer = async (options: TestTokenOptions): Promise<{ authorization: string }> => ({
  authorization: `Bearer ${await signTestToken(options)}`,
});
