/** One signed request to an S3-compatible store: limits, quick retries, and errors that say whose fault it is. */
import { AwsV4Signer } from 'aws4fetch';

export interface S3Options {
  /** Origin of the store, e.g. `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Whether the bucket is part of the path (every store takes that); else it is the first part of the host's name. */
  pathStyle: boolean;
  /** Longest wait for an answer to begin, the sending of the body included. Default 30 s. */
  timeoutMs?: number;
  /** Quick attempts of one request. Default 3. */
  attempts?: number;
  /** First wait between them; doubles. Default 200 ms. */
  retryMs?: number;
}

/** The store did not do what it was asked. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    /** `unavailable`: may work later by itself. `rejected`: keys, bucket or region are not right. */
    readonly kind: 'unavailable' | 'rejected',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** For logs, which show codes and not messages. */
  get code(): string {
    return `STORE_${this.kind.toUpperCase()}`;
  }
}

export interface S3Request {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Empty for the bucket itself. */
  key: string;
  query?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
  signal: AbortSignal;
}

const [TIMEOUT_MS, ATTEMPTS, RETRY_MS] = [30_000, 3, 200];
/** "Later, please" that is no 5xx: a bucket that has just been made answers 307 until names have gone round. */
const LATER = new Set([307, 408, 429]);
const NOTHING = new Uint8Array(0);

export class S3Client {
  readonly #options: S3Options;

  constructor(options: S3Options) {
    this.#options = options;
  }

  /**
   * @returns an answer of 2xx, whose body is the asker's to read or cancel, or of 404 for an object that is not there.
   * @throws StoreError, or the reason of the signal.
   */
  async send(request: S3Request): Promise<Response> {
    const { attempts = ATTEMPTS, retryMs = RETRY_MS } = this.#options;
    for (let n = 1; ; n++) {
      try {
        return await this.#once(request);
      } catch (error) {
        request.signal.throwIfAborted();
        if (n >= attempts || !(error instanceof StoreError) || error.kind !== 'unavailable') throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs * 2 ** (n - 1)));
    }
  }

  /** As `send`, where only the head of the answer matters: lets go of the connection. */
  async settle(request: S3Request): Promise<Headers> {
    const answer = await this.send(request);
    await answer.body?.cancel();
    return answer.headers;
  }

  async #once({ method, key, query, body, signal }: S3Request): Promise<Response> {
    const signed = await this.#sign(method, urlOf(this.#options, key, query), body ?? NOTHING);
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(new Error('no answer')),
      this.#options.timeoutMs ?? TIMEOUT_MS,
    );
    try {
      const answer = await fetch(signed.url, {
        method,
        headers: signed.headers,
        ...(body && { body }),
        redirect: 'manual',
        signal: AbortSignal.any([signal, limit.signal]),
      });
      return answer.ok ? answer : await refused(method, answer);
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError('unavailable', `${method} got no answer from the store`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The hash of the body is signed with it, so that the store refuses bytes that changed on the way. */
  async #sign(
    method: string,
    url: string,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<{ url: URL; headers: Headers }> {
    // In a thread of the pool: the audio loop does not wait for it.
    const hash = await crypto.subtle.digest('SHA-256', body);
    const { accessKeyId, secretAccessKey, region } = this.#options;
    const signer = new AwsV4Signer({
      ...{ method, url, accessKeyId, secretAccessKey, region, service: 's3' },
      headers: { 'x-amz-content-sha256': Buffer.from(hash).toString('hex') },
    });
    return signer.sign();
  }
}

/** Where a request goes. */
export function urlOf(
  { endpoint, bucket, pathStyle }: Pick<S3Options, 'endpoint' | 'bucket' | 'pathStyle'>,
  key: string,
  query: Record<string, string> = {},
): string {
  const url = new URL(endpoint);
  if (!pathStyle) url.hostname = `${bucket}.${url.hostname}`;
  const base = url.pathname.replace(/\/+$/, '');
  url.pathname = pathStyle ? `${base}/${bucket}/${key}` : `${base}/${key}`;
  url.search = new URLSearchParams(query).toString();
  return url.href;
}

async function refused(method: string, answer: Response): Promise<Response> {
  const code = codeIn(await answer.text());
  if (answer.status === 404 && code === 'NoSuchKey') return new Response(null, { status: 404 });
  const later = answer.status >= 500 || LATER.has(answer.status);
  const kind = later ? 'unavailable' : 'rejected';
  throw new StoreError(kind, `${method}: the store answered ${answer.status} ${code}`);
}

/** The code of an S3 error document; what else stands there is not for us. */
export const codeIn = (xml: string): string => /<Code>(\w{1,60})<\/Code>/.exec(xml)?.[1] ?? '';
