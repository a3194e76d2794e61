/** AWS Signature Version 4 as the receiving side computes it, from AWS's own description, not from a client library. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  method: string;
  /** Path and query as they came over the wire. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: Uint8Array;
}

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

/** S3's code for what is wrong with the signature, or null. */
export type Refusal =
  | 'AccessDenied'
  | 'InvalidAccessKeyId'
  | 'AuthorizationHeaderMalformed'
  | 'RequestTimeTooSkewed'
  | 'XAmzContentSHA256Mismatch'
  | 'SignatureDoesNotMatch';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;
const SKEW_MS = 15 * 60_000;

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Uint8Array, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest();
const headerOf = ({ headers }: SignedRequest, name: string): string => String(headers[name] ?? '').trim();

/** Checks who signed and what. @param nowMs the stand-in's clock. */
export function refusalOf(request: SignedRequest, keys: Keys, nowMs: number): Refusal | null {
  const authorization = headerOf(request, 'authorization');
  if (authorization === '') return 'AccessDenied';
  const [, accessKeyId, day, region, signedHeaders, signature] = AUTHORIZATION.exec(authorization) ?? [];
  if (!day || !region || !signedHeaders || !signature || region !== keys.region)
    return 'AuthorizationHeaderMalformed';
  if (accessKeyId !== keys.accessKeyId) return 'InvalidAccessKeyId';
  const names = signedHeaders.split(';');
  if (!names.includes('host') || !names.includes('x-amz-date')) return 'AccessDenied';
  const at = headerOf(request, 'x-amz-date');
  if (!(Math.abs(timeOf(at) - nowMs) <= SKEW_MS) || !at.startsWith(day)) return 'RequestTimeTooSkewed';
  const expected = signatureOf(request, names, { ...keys, day });
  if (!timingSafeEqual(Buffer.from(signature, 'hex'), Buffer.from(expected, 'hex')))
    return 'SignatureDoesNotMatch';
  return headerOf(request, 'x-amz-content-sha256') === sha256(request.body)
    ? null
    : 'XAmzContentSHA256Mismatch';
}

/** The signature this request must carry, in hexadecimal. */
export function signatureOf(
  request: SignedRequest,
  names: readonly string[],
  keys: Keys & { day: string },
): string {
  const [path = '/', query = ''] = request.url.split('?', 2);
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  const canonical = [
    request.method,
    path,
    pairs.sort().join('&'),
    ...names.map((name) => `${name}:${headerOf(request, name).replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    headerOf(request, 'x-amz-content-sha256'),
  ].join('\n');
  const scope = `${keys.day}/${keys.region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headerOf(request, 'x-amz-date'), scope, sha256(canonical)].join('\n');
  const key = ['s3', 'aws4_request'].reduce(
    (sofar, part) => hmac(sofar, part),
    hmac(hmac(`AWS4${keys.secretAccessKey}`, keys.day), keys.region),
  );
  return hmac(key, text).toString('hex');
}

/** `20130524T000000Z` as epoch milliseconds; NaN when it is no such time. */
const timeOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
