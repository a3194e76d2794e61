/**
 * A POST to an address that somebody outside has named, and that must not become a way into our own network: the name is
 * resolved once, every address it has is checked, and the connection goes to one that was checked, whatever the name
 * means a moment later. Redirects are not followed. No connection is kept for the next request.
 */
import { lookup } from 'node:dns/promises';
import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { OutsideError } from '../../domain/failures.js';
import { mayConnect, targetProblem, type TargetPolicy } from '../../domain/outgoing/target.js';

/** Every address of a name, as a resolver gives them. */
export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>;

export interface GuardedPost {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
}

export interface PostAnswer {
  status: number;
  headers: Headers;
}

export interface PostDeps {
  policy: TargetPolicy;
  /** For name, connection and answer together. */
  timeoutMs: number;
  /** Default: the system's resolver. */
  resolve?: Resolve;
  /** Default: whether the address is a public one, or the policy allows all. */
  mayConnect?: (address: string) => boolean;
}

export type SendPost = (post: GuardedPost) => Promise<PostAnswer>;

/** The answer's body is nobody's business here; so much is read that an honest receiver is not cut off in mid-sentence. */
const MAX_ANSWER_BYTES = 16_384;

/** @returns the one way to post to an address from outside. */
export function createGuardedPost(deps: PostDeps): SendPost {
  const resolve: Resolve = deps.resolve ?? ((host) => lookup(host, { all: true, verbatim: true }));
  const allowed = deps.mayConnect ?? ((address: string) => mayConnect(address, deps.policy));
  return async (post) => {
    const end = deadline(post.signal, deps.timeoutMs);
    try {
      const problem = targetProblem(post.url, deps.policy);
      if (problem !== undefined) throw new OutsideError('invalid', `the endpoint’s address ${problem}`);
      const url = new URL(post.url);
      const addresses = await end.race(checkedAddresses(url, resolve, allowed));
      return await send(url, post, addresses, end.signal);
    } catch (error) {
      post.signal.throwIfAborted();
      throw asOutside(error, end.signal);
    } finally {
      end.clear();
    }
  };
}

async function checkedAddresses(url: URL, resolve: Resolve, allowed: (address: string) => boolean) {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
  if (addresses.length === 0) throw new OutsideError('unavailable', 'the endpoint’s name has no address');
  // One closed address among open ones is no accident.
  if (!addresses.every(({ address }) => allowed(address)))
    throw new OutsideError('invalid', 'the endpoint’s name leads to an address that is not public');
  return addresses;
}

type Addresses = Awaited<ReturnType<typeof checkedAddresses>>;

function send(url: URL, post: GuardedPost, addresses: Addresses, signal: AbortSignal): Promise<PostAnswer> {
  const pinned: NonNullable<RequestOptions['lookup']> = (_host, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const bytes = Buffer.from(post.body, 'utf8');
  const headers = { ...post.headers, 'content-length': String(bytes.length) };
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(url, {
      method: 'POST',
      headers,
      agent: false,
      lookup: pinned,
      signal,
    });
    sent.on('error', reject);
    sent.on('response', (response: IncomingMessage) => {
      const answer = { status: response.statusCode ?? 0, headers: headersOf(response) };
      const finish = (): void => resolve(answer);
      sent.off('error', reject).on('error', finish);
      drain(response, finish);
    });
    sent.end(bytes);
  });
}

/** Whatever becomes of the body, the answer stands: its status was whole. */
function drain(response: IncomingMessage, done: () => void): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) response.destroy();
  });
  response.on('error', done).on('close', done).on('end', done);
}

function headersOf(response: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  return headers;
}

/** Aborts with the caller's signal or when the time is up; a timer of our own, see `endOf` in ../http.ts. */
function deadline(signal: AbortSignal, timeoutMs: number) {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs);
  const give = (): void => end.abort(signal.reason);
  signal.addEventListener('abort', give, { once: true });
  if (signal.aborted) give();
  const aborted = new Promise<never>((_resolve, reject) => {
    end.signal.addEventListener('abort', () => reject(end.signal.reason as Error), { once: true });
  });
  aborted.catch(() => undefined); // nobody may be racing it
  return {
    signal: end.signal,
    /** For work that knows no signal: a resolver. */
    race: <T>(work: Promise<T>): Promise<T> => Promise.race([work, aborted]),
    clear: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', give);
    },
  };
}

/** Failures before the first byte leaves: nothing was delivered. */
const neverSent: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENODATA'],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN', 'EPROTO'],
]);

function asOutside(error: unknown, signal: AbortSignal): OutsideError {
  if (error instanceof OutsideError) return error;
  const code = signal.aborted ? 'timeout' : codeOf(error);
  const what = `the endpoint gave no answer (${code})`;
  return new OutsideError(neverSent.has(code) ? 'unavailable' : 'outcome_unknown', what);
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && /^[A-Z_0-9]{2,60}$/.test(code) ? code : 'connection lost';
}
