import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import OpenAI from 'openai';
import { signatureHeaders } from '../../../src/clients/outgoing/signature.js';
import {
  secretFrom,
  signingSecrets,
  withNewSecret,
  type EndpointSecrets,
} from '../../../src/domain/outgoing/endpoint.js';

/** Somebody else's verifier of Standard Webhooks. @throws when no signature fits. */
const verify = (body: string, headers: Record<string, string>, secret: string): Promise<void> =>
  new OpenAI({ apiKey: 'none' }).webhooks.verifySignature(body, headers, secret);

test('the reference vector of Standard Webhooks is signed as the reference signs it', () => {
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestampS: 1_614_265_330,
    body: '{"test": 2432232314}',
  };
  expect(signatureHeaders(message, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

describe('a verifier that we did not write', () => {
  const now = (): number => Math.floor(Date.now() / 1_000);

  test('accepts any body under any secret, and no other secret', async () => {
    const bytes = fc.uint8Array({ minLength: 24, maxLength: 64 });
    await fc.assert(
      fc.asyncProperty(fc.string(), bytes, bytes, async (body, key, other) => {
        const [secret, wrong] = [secretFrom(key), secretFrom(other)];
        const headers = signatureHeaders({ id: 'evt_1', timestampS: now(), body }, [secret]);
        await verify(body, headers, secret);
        if (secret !== wrong) await expect(verify(body, headers, wrong)).rejects.toThrow();
        await expect(verify(`${body} `, headers, secret)).rejects.toThrow();
      }),
      { numRuns: 50 },
    );
  });

  test('accepts both secrets while one replaces the other, and only the new one afterwards', async () => {
    const first = secretFrom(Buffer.alloc(32, 1));
    const second = secretFrom(Buffer.alloc(32, 2));
    const held: EndpointSecrets = { url: 'https://hooks.example.com/', secrets: [{ secret: first }] };
    const rotated = withNewSecret(held, second, { nowMs: 1_000, untilMs: 2_000 });
    const message = { id: 'evt_1', timestampS: now(), body: '{}' };
    const during = signatureHeaders(message, signingSecrets(rotated, 1_500));
    await verify('{}', during, first);
    await verify('{}', during, second);
    const after = signatureHeaders(message, signingSecrets(rotated, 2_500));
    await verify('{}', after, second);
    await expect(verify('{}', after, first)).rejects.toThrow();
  });

  test('refuses an old timestamp', async () => {
    const secret = secretFrom(Buffer.alloc(32, 1));
    const headers = signatureHeaders({ id: 'evt_1', timestampS: now() - 600, body: '{}' }, [secret]);
    await expect(verify('{}', headers, secret)).rejects.toThrow(/old/i);
  });
});

test('a secret that has leaked stops signing at once', () => {
  const held: EndpointSecrets = { url: 'https://x.example/', secrets: [{ secret: 'whsec_b2xk' }] };
  const rotated = withNewSecret(held, 'whsec_bmV3', { nowMs: 5_000, untilMs: 5_000 });
  expect(signingSecrets(rotated, 5_000)).toEqual(['whsec_bmV3']);
});
