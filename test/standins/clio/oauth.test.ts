import { z } from 'zod';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startClio, type ClioHarness } from './harness.js';

const redirectUri = 'http://127.0.0.1:8080/oauth/clio/callback';
const app = { client_id: 'standin-client', client_secret: 'standin-secret' };
const TokenAnswer = z.looseObject({
  access_token: z.string().default(''),
  refresh_token: z.string().optional(),
  expires_in: z.number().optional(),
  error: z.string().optional(),
});
let clio: ClioHarness;
beforeAll(async () => {
  clio = await startClio();
});
beforeEach(() => clio.reset());
afterAll(() => clio.close());

const authorize = async (more: Record<string, string> = {}) => {
  const url = new URL('/oauth/authorize', clio.url);
  const query = {
    client_id: app.client_id,
    response_type: 'code',
    redirect_uri: redirectUri,
    state: 'xyz',
    ...more,
  };
  url.search = new URLSearchParams(query).toString();
  const response = await fetch(url, { redirect: 'manual' });
  const location = response.headers.get('location');
  return { status: response.status, back: location === null ? undefined : new URL(location).searchParams };
};
const token = async (form: Record<string, string>) => {
  const response = await fetch(`${clio.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...app, ...form }),
  });
  return { status: response.status, body: TokenAnswer.parse(await response.json()) };
};
const exchange = (code: string, uri = redirectUri) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: uri });
const refresh = (refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken });
const whoAmI = async (access: string) =>
  fetch(`${clio.url}/api/v4/users/who_am_i.json?fields=name,account{name}`, {
    headers: { authorization: `Bearer ${access}` },
  });
const newGrant = async () => (await exchange((await authorize()).back!.get('code')!)).body;

describe('authorization', () => {
  test('a consent comes back with a code and the state, and the code buys tokens that work', async () => {
    const { status, back } = await authorize();
    expect(status).toBe(302);
    expect(back!.get('state')).toBe('xyz');
    const answer = await exchange(back!.get('code')!);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token_type: 'bearer', expires_in: 2_592_000 });
    const who = await whoAmI(answer.body.access_token);
    expect(await who.json()).toEqual({
      data: { name: 'Dana Whitfield', account: { name: 'Whitfield Law, PLLC' } },
    });
  });

  test('a code is good once, for ten minutes, and only with its own redirect', async () => {
    const code = (await authorize()).back!.get('code')!;
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).body).toMatchObject({ error: 'invalid_grant' });
    const late = (await authorize()).back!.get('code')!;
    await clio.control.advanceClock(10 * 60_000 + 1);
    expect((await exchange(late)).status).toBe(400);
    const moved = (await authorize()).back!.get('code')!;
    expect((await exchange(moved, `${redirectUri}/`)).status).toBe(400);
  });

  test('a redirect that differs by a slash is refused', async () => {
    expect(await authorize({ redirect_uri: `${redirectUri}/` })).toEqual({ status: 400, back: undefined });
  });

  test('a decline comes back only when the app asked for it', async () => {
    await clio.control.configure({ consent: 'declined' });
    expect(await authorize()).toEqual({ status: 200, back: undefined });
    const { back } = await authorize({ redirect_on_decline: 'true' });
    expect([back!.get('error'), back!.get('state')]).toEqual(['access_denied', 'xyz']);
  });
});

describe('the token endpoint', () => {
  test('a refresh answers without a new refresh token, and the old one can be used again', async () => {
    const grant = await newGrant();
    for (let round = 0; round < 2; round += 1) {
      const { status, body } = await refresh(grant.refresh_token!);
      expect(status).toBe(200);
      expect(body).not.toHaveProperty('refresh_token');
      expect((await whoAmI(body.access_token)).status).toBe(200);
    }
  });

  test('with rotation switched on the old refresh token dies', async () => {
    await clio.control.configure({ refreshRotates: true, accessTokenLifetimeSeconds: 3_600 });
    const grant = await newGrant();
    const first = await refresh(grant.refresh_token!);
    expect(first.body.expires_in).toBe(3_600);
    expect((await refresh(grant.refresh_token!)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(first.body.refresh_token!)).status).toBe(200);
  });

  test('it takes forms only and knows one app', async () => {
    const json = await fetch(`${clio.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...app, grant_type: 'refresh_token', refresh_token: 'x' }),
    });
    expect(json.status).toBe(400);
    const wrongSecret = await token({ client_secret: 'no', grant_type: 'refresh_token', refresh_token: 'x' });
    expect([wrongSecret.status, wrongSecret.body.error]).toEqual([401, 'invalid_client']);
  });

  test('deauthorizing answers an empty 200 and kills both tokens', async () => {
    const grant = await newGrant();
    const access = grant.access_token;
    const response = await fetch(`${clio.url}/oauth/deauthorize`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access}` },
      body: new URLSearchParams({ token: access }),
    });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect((await whoAmI(access)).status).toBe(401);
    expect((await refresh(grant.refresh_token!)).status).toBe(400);
  });
});

describe('the two refusals of a token', () => {
  test('none or a malformed one gets an error object', async () => {
    for (const headers of [{}, { authorization: 'Token abc' }]) {
      const response = await fetch(`${clio.url}/api/v4/contacts`, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        error: { type: 'UnauthorizedError', message: 'User is not authorized' },
      });
      expect(response.headers.has('x-ratelimit-limit')).toBe(false);
    }
  });

  test('an unknown or expired one gets an error string and a challenge', async () => {
    const expired = await clio.token();
    await clio.control.advanceClock(2_592_000_000);
    for (const access of ['unknown', expired]) {
      const response = await whoAmI(access);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
      expect(response.headers.has('x-ratelimit-limit')).toBe(false);
      expect(await response.json()).toMatchObject({ error: 'invalid_token' });
    }
  });
});
