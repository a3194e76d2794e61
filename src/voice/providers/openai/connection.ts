/** One pool of HTTP connections to one OpenAI-compatible server, with the vendor's client on top. */
import OpenAI from 'openai';
import { Agent, request } from 'undici';
import { createLeanFetch } from './lean-fetch.js';

/** Where a stage's server is. Each stage (speech in, words, speech out) may have its own. */
export interface Endpoint {
  /** With the version, without a slash at the end: `https://api.openai.com/v1`. */
  baseUrl: string;
  /** Self-hosted servers often want none. */
  apiKey?: string | undefined;
}

export interface Connection {
  client: OpenAI;
  /** Opens a connection that the next request finds ready. Returns at once and never fails. */
  prewarm(): void;
  /** Ends running requests and closes every socket. */
  close(): Promise<void>;
}

/** A server that takes longer to accept a connection is of no use to a caller who waits. */
const CONNECT_TIMEOUT_MS = 2_000;
/** An idle connection is kept for the gap between two turns; most servers drop it after 60 s or more. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Retries are off: on a call it is the session that decides what to do next, and it decides sooner. The client's own
 * log is off too, because it prints what it cannot parse, and that is what people said.
 */
export function openConnection(endpoint: Endpoint): Connection {
  const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, keepAliveTimeout: KEEP_ALIVE_MS });
  const client = new OpenAI({
    baseURL: endpoint.baseUrl,
    // The client insists on a key; servers that want none ignore it.
    apiKey: endpoint.apiKey ?? 'none',
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
    // Node's own fetch has a pool that nobody can close, and takes no Agent of another version.
    fetch: createLeanFetch(agent),
  });
  return { client, prewarm: () => warm(agent, endpoint), close: () => agent.destroy() };
}

/** `OPTIONS` on the API's root: servers answer it at once, whatever they think of it, and no model runs. */
function warm(agent: Agent, { baseUrl }: Endpoint): void {
  request(baseUrl, { method: 'OPTIONS', dispatcher: agent, headersTimeout: CONNECT_TIMEOUT_MS })
    .then(({ body }) => body.dump())
    // A server that cannot be reached now is found out, and reported, by who needs it.
    .catch(() => undefined);
}
