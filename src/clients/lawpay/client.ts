/** Requests to LawPay: the partner's side with a bearer token, the gateway's with an account's own secret key. */
import type { z } from 'zod';
import { exchange, parseAnswer, type Answer, type Exchange } from '../http.js';
import { limitsOf, type Pacer } from '../pacer.js';

export interface LawPayOptions {
  /** `https://api.8am.com` */
  baseUrl: string;
  /** Partner access token. */
  accessToken: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Asked before each request. */
  pacer: Pacer;
}

/** An account's secret key; good for that account's gateway calls only. */
export type SecretKey = string & { readonly secretKey: unique symbol };

export interface LawPayRequest {
  method: 'GET' | 'POST';
  path: string;
  /** Repeatable names as arrays; values are percent-encoded, spaces as `%20`. */
  query?: Readonly<Record<string, string | readonly string[]>>;
  body?: object;
  /** The gateway wants an account's key; without one the request carries the partner's token. */
  key?: SecretKey;
}

/** Sends one request. @throws OutsideError when no answer came, or when our own pace allows none soon */
export async function ask(
  options: LawPayOptions,
  request: LawPayRequest,
): Promise<{ call: Exchange; answer: Answer }> {
  const body = request.body && JSON.stringify(request.body);
  const call: Exchange = {
    vendor: 'LawPay',
    method: request.method,
    url: urlOf(options.baseUrl, request),
    headers: {
      authorization: authorizationOf(options, request.key),
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    timeoutMs: options.timeoutMs,
    signal: options.signal,
    ...(body !== undefined && { body }),
  };
  await options.pacer.before();
  const answer = await exchange(call);
  await options.pacer.after(limitsOf(answer, Date.now()));
  return { call, answer };
}

function urlOf(baseUrl: string, { path, query = {} }: LawPayRequest): URL {
  const url = new URL(path, baseUrl);
  url.search = Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((one) => `${name}=${encodeURIComponent(one)}`))
    .join('&');
  return url;
}

/** Basic with the key as name and no password. */
const authorizationOf = ({ accessToken }: LawPayOptions, key: SecretKey | undefined): string =>
  key === undefined ? `Bearer ${accessToken}` : `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

/** Reads something. @throws OutsideError */
export async function read<T>(
  options: LawPayOptions,
  request: Omit<LawPayRequest, 'method' | 'body'>,
  schema: z.ZodType<T>,
  refuse: (call: Exchange, answer: Answer, nowMs: number) => Error,
): Promise<T> {
  const { call, answer } = await ask(options, { ...request, method: 'GET' });
  if (answer.status !== 200) throw refuse(call, answer, Date.now());
  return parseAnswer(call, answer, schema);
}
