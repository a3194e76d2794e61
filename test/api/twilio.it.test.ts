import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import type { Pool } from 'pg';
import type { App } from '../../src/api/app-types.js';
import { parseSessionToken } from '../../src/api/session-token.js';
import { findCall } from '../../src/db/call-list.js';
import { claimCall, endCall } from '../../src/db/calls.js';
import { openPool } from '../../src/db/pool.js';
import { findWhisper, keepWhisper } from '../../src/db/whispers.js';
import { saveFirm } from '../../src/db/tenants.js';
import type { EndReason } from '../../src/domain/turn.js';
import { firmNamed } from '../db/support/firm.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { testApp } from './support/app.js';

const TOKEN = '0123456789abcdef0123456789abcdef';
const PUBLIC = 'https://voice.example.com';
const INCOMING = '/api/v1/voice/twilio/incoming';
let database: FreshDatabase;
let pool: Pool;
let app: App;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 3, () => undefined);
  await saveFirm(pool, { ...firmNamed('firm-a'), telephone: '+15125550123' });
  app = await testApp({ pool, publicUrl: `${PUBLIC}/`, twilioAuthToken: TOKEN });
});
afterAll(async () => {
  await app.close();
  await pool.end();
  await database.drop();
});

/** A webhook as Twilio sends it. */
async function ring(
  path: string,
  authToken = TOKEN,
  to: App = app,
  more: Record<string, string> = {},
): Promise<{ status: number; body: string; type: unknown }> {
  const fields: Record<string, string> = {
    To: '+15125550199',
    CallSid: 'CA1',
    From: '+1 512 & "x"',
    Called: '',
    ...more,
  };
  const signed = Object.keys(fields)
    .sort()
    .map((name) => name + (fields[name] ?? ''));
  const response = await to.inject({
    method: 'POST',
    url: path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': createHmac('sha1', authToken)
        .update(PUBLIC + path + signed.join(''))
        .digest('base64'),
    },
    payload: new URLSearchParams(fields).toString(),
  });
  return { status: response.statusCode, body: response.body, type: response.headers['content-type'] };
}

/** A call that came in. */
async function incoming(): Promise<{ token: string; after: string; callId: string }> {
  const { body } = await ring(`${INCOMING}/firm-a`);
  const after = /action="https:\/\/voice\.example\.com([^"]+)"/.exec(body)![1]!;
  return { token: /value="([^"]+)"/.exec(body)![1]!, after, callId: after.split('/').at(-1)! };
}
const claim = (token: string) => claimCall(pool, 'firm-a', parseSessionToken(token)!.hash);

describe('an incoming telephone call', () => {
  test('is answered with a stream of this edge and a token that opens the call once', async () => {
    const answer = await ring(`${INCOMING}/firm-a`);
    expect(answer).toMatchObject({ status: 200, type: expect.stringContaining('text/xml') });
    expect(answer.body).toContain(
      '<Stream url="wss://voice.example.com/api/v1/voice/twilio"><Parameter name="token"',
    );
    expect(answer.body).toContain('</Connect><Dial>+15125550123</Dial>');
    const { token, callId } = await incoming();
    expect(await claim(token)).toMatchObject({ status: 'claimed', callId });
    expect(await claim(token)).toEqual({ status: 'replayed', callId });
    expect(await findCall(pool, 'firm-a', callId)).toMatchObject({ transport: 'twilio', state: 'live' });
  });

  test('keeps the number it comes from, and takes a withheld one for none', async () => {
    const from = async (From: string) => {
      const { body } = await ring(`${INCOMING}/firm-a`, TOKEN, app, { From });
      return claim(/value="([^"]+)"/.exec(body)![1]!);
    };
    expect(await from('+15125550142')).toMatchObject({ callerIdE164: '+15125550142' });
    expect(await from('anonymous')).not.toHaveProperty('callerIdE164');
  });

  test('is refused with a problem when it is not signed, or by another account', async () => {
    const path = `${INCOMING}/firm-a`;
    const forged = await ring(path, 'f'.repeat(32));
    expect(forged).toMatchObject({ status: 403, type: expect.stringContaining('application/problem+json') });
    expect((await app.inject({ method: 'POST', url: path })).statusCode).toBe(403);
    expect((await ring(`${INCOMING}/nobody`, 'f'.repeat(32))).status).toBe(403);
    expect((await ring(`${INCOMING}/nobody`)).status).toBe(404);
  });

  test('is refused by an edge that has no account', async () => {
    const without = await testApp({ pool, publicUrl: PUBLIC });
    expect((await ring(`${INCOMING}/firm-a`, TOKEN, without)).status).toBe(403);
    await without.close();
  });
});

describe('after the stream has closed', () => {
  test.each<[EndReason, string]>([
    ['agent_closed', '<Hangup/>'],
    ['idle', '<Hangup/>'],
  ])('a call that ended with %s goes on with %s', async (reason, verb) => {
    const { token, after, callId } = await incoming();
    await claim(token);
    await endCall(pool, 'firm-a', callId, { reason, atMs: Date.now() });
    expect((await ring(after)).body).toContain(`<Response>${verb}</Response>`);
  });

  test('a call that broke off is put through to a person', async () => {
    const { token, after, callId } = await incoming();
    await claim(token);
    await endCall(pool, 'firm-a', callId, { reason: 'error', atMs: Date.now() });
    expect((await ring(after)).body).toContain(
      `<Dial action="${PUBLIC}/api/v1/voice/twilio/dialed/firm-a/${callId}" timeout="25"><Number>+15125550123</Number></Dial>`,
    );
  });

  test('a call whose agent is gone, or that found all lines taken, is put through to a person', async () => {
    const { token, after } = await incoming();
    expect((await ring(after)).body).toContain('<Number>+15125550123</Number></Dial>');
    await claim(token);
    expect((await ring(after)).body).toContain('<Number>+15125550123</Number></Dial>');
  });

  test('nobody learns of a call without a signature', async () => {
    const { after } = await incoming();
    expect((await ring(after, 'wrong')).status).toBe(403);
  });
});

describe('a call that is handed over to a person', () => {
  const words = 'Dana <Whitcomb>, about a family matter, asks for a person.';
  /** Handed over with these words; addresses of the webhooks that follow. */
  async function handedOver(From: string) {
    const { body } = await ring(`${INCOMING}/firm-a`, TOKEN, app, { From });
    const after = /action="https:\/\/voice\.example\.com([^"]+)"/.exec(body)![1]!;
    const callId = after.split('/').at(-1)!;
    await claim(/value="([^"]+)"/.exec(body)![1]!);
    await keepWhisper(pool, 'firm-a', callId, words);
    await endCall(pool, 'firm-a', callId, { reason: 'transferred', atMs: Date.now() });
    const at = (step: string): string => after.replace('/after/', `/${step}/`);
    return { callId, after, whisper: at('whisper'), accepted: at('accepted'), dialed: at('dialed') };
  }

  test('rings at the firm, and who picks up hears who it is and is connected by a key', async () => {
    const { after, whisper, accepted, dialed } = await handedOver('+15125550142');
    expect((await ring(after)).body).toContain(
      `<Dial action="${PUBLIC}${dialed}" timeout="25"><Number url="${PUBLIC}${whisper}">+15125550123</Number></Dial>`,
    );
    expect((await ring(whisper)).body).toContain(
      `<Gather action="${PUBLIC}${accepted}" numDigits="1" timeout="8">` +
        '<Say>Dana &lt;Whitcomb&gt;, about a family matter, asks for a person. Press any key to take the call.</Say>' +
        '</Gather><Hangup/>',
    );
    expect((await ring(accepted)).body).toMatch(/<Response\/>$/);
  });

  test('ends with the person who took it, and the words are forgotten', async () => {
    const { callId, dialed, whisper } = await handedOver('+15125550142');
    const done = await ring(dialed, TOKEN, app, { DialCallStatus: 'completed', DialBridged: 'true' });
    expect(done.body).toContain('<Response><Hangup/></Response>');
    expect(await findWhisper(pool, 'firm-a', callId)).toBeUndefined();
    expect((await ring(whisper)).body).toMatch(/<Response\/>$/);
  });

  test.each([
    ['rings out', { DialCallStatus: 'no-answer' }],
    ['is answered by a machine that presses no key', { DialCallStatus: 'completed', DialBridged: 'false' }],
  ])('that %s ends with a promise to call back', async (_, fields) => {
    const { callId, dialed } = await handedOver('+15125550142');
    expect((await ring(dialed, TOKEN, app, fields)).body).toContain(
      '<Say>We are sorry, nobody could take your call right now. Someone will call you back. Goodbye.</Say><Hangup/>',
    );
    expect(await findWhisper(pool, 'firm-a', callId)).toBeUndefined();
  });

  test('promises no call to a caller whose number is withheld', async () => {
    const { dialed } = await handedOver('anonymous');
    const { body } = await ring(dialed, TOKEN, app, { DialCallStatus: 'busy' });
    expect(body).toContain('Please call again.');
    expect(body).not.toContain('call you back');
  });

  test.each(['whisper', 'accepted', 'dialed'] as const)('tells a stranger nothing at %s', async (step) => {
    const forged = await ring((await handedOver('+15125550142'))[step], 'wrong');
    expect(forged.status).toBe(403);
    expect(forged.body).not.toContain('Dana');
  });
});
