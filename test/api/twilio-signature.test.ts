import { expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { isSignedByTwilio } from '../../src/api/twilio-signature.js';

const sign = (token: string, text: string): string => createHmac('sha1', token).update(text).digest('base64');

test('the example of the vendor’s documentation is genuine, whatever the order of its fields', () => {
  const fields = {
    To: '+18005551212',
    Digits: '1234',
    CallSid: 'CA1234567890ABCDE',
    From: '+14158675310',
    Caller: '+14158675310',
  };
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  const signature = 'GvWf1cFY/Q7PnoempGyD5oXAezc=';
  expect(isSignedByTwilio('12345', { url, fields, signature })).toBe(true);
  expect(isSignedByTwilio('54321', { url, fields, signature })).toBe(false);
  expect(isSignedByTwilio('12345', { url, fields: { ...fields, Digits: '1235' }, signature })).toBe(false);
  expect(isSignedByTwilio('12345', { url: `${url}&baz=3`, fields, signature })).toBe(false);
});

test('the address may have been signed with or without port and last slash', () => {
  const url = 'wss://voice.example.com/api/v1/voice/twilio';
  for (const spelling of [
    url,
    `${url}/`,
    'wss://voice.example.com:443/api/v1/voice/twilio',
    'wss://voice.example.com:80/api/v1/voice/twilio',
  ])
    expect([spelling, isSignedByTwilio('t', { url, signature: sign('t', spelling) })]).toEqual([
      spelling,
      true,
    ]);
  const withPort = 'https://voice.example.com:8443/x/';
  for (const spelling of [withPort, 'https://voice.example.com/x'])
    expect(isSignedByTwilio('t', { url: withPort, signature: sign('t', spelling) })).toBe(true);
  for (const other of [
    'wss://voice.example.com:81/api/v1/voice/twilio',
    'wss://evil.example/api/v1/voice/twilio',
  ])
    expect(isSignedByTwilio('t', { url, signature: sign('t', other) })).toBe(false);
});

test('no signature, two signatures and half a signature are no signature', () => {
  const url = 'https://voice.example.com/x';
  const right = sign('t', url);
  for (const signature of [undefined, '', [right, right], right.slice(0, 14), `${right}AAAA`])
    expect(isSignedByTwilio('t', { url, signature })).toBe(false);
});
