import { z } from 'zod';

const milliseconds = z.int().min(0).max(600_000);

/** What goes wrong. */
export const FaultEffect = z.discriminatedUnion('kind', [
  /** The work is done late; it is done even when the client has hung up by then. */
  z.strictObject({ kind: z.literal('latency'), ms: milliseconds, jitterMs: milliseconds.optional() }),
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  /** 429 with Retry-After. */
  z.strictObject({ kind: z.literal('rate_limited'), retryAfterSeconds: z.int().min(0).max(3_600) }),
  /** The socket is closed before anything is done. */
  z.strictObject({ kind: z.literal('cut') }),
  /** The work is done, then the socket is closed without an answer. */
  z.strictObject({ kind: z.literal('commit_then_cut') }),
  /** The work is done, then half of the answer is sent and the socket closed. */
  z.strictObject({ kind: z.literal('half_body') }),
  /** The work is done, and what is answered with its status and content type cannot be read. */
  z.strictObject({ kind: z.literal('garbled') }),
  /** The work is done, and a proxy in between answers with an error all the same. */
  z.strictObject({ kind: z.literal('commit_then_status'), status: z.int().min(500).max(599) }),
  /** The request is accepted and never answered; with `ms` the socket is closed after that long. */
  z.strictObject({ kind: z.literal('stall'), ms: milliseconds.optional() }),
  /** A firewall's HTML page in place of JSON, nothing done; with 200 a login page that came in between. */
  z.strictObject({ kind: z.literal('html'), status: z.int().min(200).max(599).optional() }),
  /** An outage: like `cut`, named for what it means. */
  z.strictObject({ kind: z.literal('down') }),
]);
export type FaultEffect = z.infer<typeof FaultEffect>;

const pathMatch = z.string().refine((path) => !path.startsWith('^') || isRegExp(path), {
  error: 'not a valid regular expression (a path beginning with ^ is taken as one, any other as a prefix)',
});

/** A fault as it is ordered. Faults are tried in the order they were added; the first that matches acts alone. */
export const FaultOrder = z.strictObject({
  match: z
    .strictObject({
      method: z.string().toUpperCase().optional(),
      /** Path without the query: a prefix, or a regular expression when it begins with `^`. */
      path: pathMatch.optional(),
      /** A word of the query or the JSON body (letters, digits, `_ . -`), e.g. the reference of one record. */
      holds: z
        .string()
        .regex(/^[\w.-]+$/, 'must be one word of letters, digits, _ . -')
        .optional(),
    })
    .default({}),
  /** How many matching requests it lets pass first. */
  skip: z.int().min(0).default(0),
  /** How many requests it hits; null = until it is cleared. */
  times: z.int().positive().nullable().default(1),
  effect: FaultEffect,
});
export type FaultOrder = z.input<typeof FaultOrder>;

export interface Fault extends z.output<typeof FaultOrder> {
  id: string;
  /** Requests it has hit so far. */
  hits: number;
  /** Matching requests it has let pass. */
  passed: number;
}

/** What a stand-in's own errors look like, so that an injected error wears the vendor's clothes. */
export type ErrorBody = (status: number, message: string) => unknown;

export interface Faults {
  add(order: z.output<typeof FaultOrder>): Fault;
  list(): readonly Fault[];
  /** @returns whether there was such a fault. */
  remove(id: string): boolean;
  clear(): void;
  /** The fault that meets this request whatever it holds, counted as a hit. Path without query. */
  take(method: string, path: string): Fault | undefined;
  /** Whether what requests hold matters at all: reading it costs. */
  readonly readsContent: boolean;
  /** The fault that meets a request for a word it holds, counted as a hit. */
  takeHolding(method: string, path: string, content: string): Fault | undefined;
}

function isRegExp(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
