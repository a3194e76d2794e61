/** Requests to Clio Manage API v4: `fields` always explicit, answers always checked, one renewal on a dead token. */
import { z } from 'zod';
import { exchange, parseAnswer, type Answer, type Exchange } from '../http.js';
import { limitsOf, type Pacer } from '../pacer.js';
import { refusal } from './errors.js';

/** Where access tokens come from; the caller serialises renewals per firm. */
export interface TokenSource {
  /** A token believed to be good. @throws OutsideError `auth` */
  current(): Promise<string>;
  /** Another token, because `refused` was answered with 401. @throws OutsideError `auth` */
  renew(refused: string): Promise<string>;
}

export interface ClioOptions {
  /** Regional host, e.g. `https://app.clio.com`. */
  baseUrl: string;
  tokens: TokenSource;
  /** Longest wait for one answer, milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
  pacer: Pacer;
}

export interface ClioClient {
  /** One page of a list; `query` values are percent-encoded. @throws OutsideError */
  list<T>(resource: string, query: Record<string, string>, item: z.ZodType<T>): Promise<T[]>;
  /** Creates a record and returns the fields asked for. @throws OutsideError */
  create<T>(resource: string, fields: string, data: object, item: z.ZodType<T>): Promise<T>;
  /** Changes a record and returns the fields asked for. @throws OutsideError (`conflict` when it is gone) */
  change<T>(resource: string, id: string, fields: string, data: object, item: z.ZodType<T>): Promise<T>;
  /** Removes a record; one that is gone already is as good. @throws OutsideError */
  remove(resource: string, id: string): Promise<void>;
  /** One record by id. @throws OutsideError (`conflict` when it is gone) */
  read<T>(resource: string, id: string, fields: string, item: z.ZodType<T>): Promise<T>;
}

/** Plain on purpose: Clio's firewall answers a User-Agent that holds a URL with an HTML 403. */
const USER_AGENT = 'HERMES/1.0';

export function createClioClient(options: ClioOptions): ClioClient {
  const request = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    query: Record<string, string>,
    data?: object,
  ) => {
    const url = new URL(`/api/v4/${path}`, options.baseUrl);
    // URLSearchParams would write a space as "+", which Clio does not promise to read.
    url.search = Object.entries(query)
      .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
      .join('&');
    const body = data && JSON.stringify({ data });
    const send = (token: string): Exchange => ({
      vendor: 'Clio',
      method,
      url,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': USER_AGENT,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      timeoutMs: options.timeoutMs,
      signal: options.signal,
      ...(body !== undefined && { body }),
    });
    const ask = async (call: Exchange): Promise<Answer> => {
      await options.pacer.before();
      const answer = await exchange(call);
      await options.pacer.after(limitsOf(answer, Date.now()));
      return answer;
    };
    const token = await options.tokens.current();
    let call = send(token);
    let answer = await ask(call);
    if (answer.status === 401) {
      // A refused request was not carried out, so repeating it under a new token is safe.
      call = send(await options.tokens.renew(token));
      answer = await ask(call);
    }
    return { call, answer: succeeded(call, answer) };
  };

  return {
    list: async <T>(resource: string, query: Record<string, string>, item: z.ZodType<T>) => {
      const { call, answer } = await request('GET', `${resource}.json`, query);
      return parseAnswer(call, answer, envelope(z.array(item)));
    },
    create: async <T>(resource: string, fields: string, data: object, item: z.ZodType<T>) => {
      const { call, answer } = await request('POST', `${resource}.json`, { fields }, data);
      return parseAnswer(call, answer, envelope(item));
    },
    change: async <T>(resource: string, id: string, fields: string, data: object, item: z.ZodType<T>) => {
      const path = `${resource}/${encodeURIComponent(id)}.json`;
      const { call, answer } = await request('PATCH', path, { fields }, data);
      return parseAnswer(call, answer, envelope(item));
    },
    remove: async (resource: string, id: string) => {
      await request('DELETE', `${resource}/${encodeURIComponent(id)}.json`, {});
    },
    read: async <T>(resource: string, id: string, fields: string, item: z.ZodType<T>) => {
      const { call, answer } = await request('GET', `${resource}/${encodeURIComponent(id)}.json`, { fields });
      return parseAnswer(call, answer, envelope(item));
    },
  };
}

/** Every answer wraps its content in `data`. */
const envelope = <T>(content: z.ZodType<T>): z.ZodType<T> =>
  z
    .looseObject({ data: z.unknown() })
    .transform(({ data }) => data)
    .pipe(content);

function succeeded(call: Exchange, answer: Answer): Answer {
  if (call.method === 'DELETE' && answer.status === 404) return answer;
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw refusal(call, answer, Date.now());
}
