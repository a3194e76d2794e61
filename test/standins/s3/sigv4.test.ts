import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { refusalOf, signatureOf, type SignedRequest } from '../../../standins/s3/sigv4.js';

/** The example "GET Object" of Amazon's reference, Authenticating Requests (AWS Signature Version 4). */
const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const signature = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
const names = ['host', 'range', 'x-amz-content-sha256', 'x-amz-date'];
const example: SignedRequest = {
  method: 'GET',
  url: '/test.txt',
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': createHash('sha256').update('').digest('hex'),
    'x-amz-date': '20130524T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/20130524/us-east-1/s3/aws4_request, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  },
  body: Buffer.alloc(0),
};
const THEN = Date.parse('2013-05-24T00:00:00Z');
const changed = (headers: SignedRequest['headers'], more: Partial<SignedRequest> = {}): SignedRequest => ({
  ...example,
  ...more,
  headers: { ...example.headers, ...headers },
});

test('Amazon’s own example has the signature that Amazon prints', () => {
  expect(signatureOf(example, names, { ...keys, day: '20130524' })).toBe(signature);
  expect(refusalOf(example, keys, THEN)).toBeNull();
});

test.each([
  ['nobody signed', changed({ authorization: undefined }), 'AccessDenied'],
  ['another path was signed', changed({}, { url: '/other.txt' }), 'SignatureDoesNotMatch'],
  ['a query was added', changed({}, { url: '/test.txt?uploads' }), 'SignatureDoesNotMatch'],
  ['a signed header was changed', changed({ range: 'bytes=0-99' }), 'SignatureDoesNotMatch'],
  ['another body was sent', changed({}, { body: Buffer.from('x') }), 'XAmzContentSHA256Mismatch'],
  ['the header is no such header', changed({ authorization: 'Basic eDp5' }), 'AuthorizationHeaderMalformed'],
] as const)('a request is refused when %s', (_what, request, code) => {
  expect(refusalOf(request, keys, THEN)).toBe(code);
});

test('a request is refused under another key, and a quarter of an hour late', () => {
  expect(refusalOf(example, { ...keys, secretAccessKey: 'other' }, THEN)).toBe('SignatureDoesNotMatch');
  expect(refusalOf(example, { ...keys, accessKeyId: 'other' }, THEN)).toBe('InvalidAccessKeyId');
  expect(refusalOf(example, keys, THEN + 15 * 60_000 + 1)).toBe('RequestTimeTooSkewed');
});
