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
  /** The request is accepted and never answered; with `ms` the socket is closed after that long. */
  z.strictObject({ kind: z.literal('stall'), ms: milliseconds.optional() }),
  /** A firewall's HTML page in place of JSON. */
  z.strictObject({ kind: z.literal('html'), status: z.int().min(400).max(599).optional() }),
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
    })
    .default({}),
  /** How many requests it hits; null = until it is cleared. */
  times: z.int().positive().nullable().default(1),
  effect: FaultEffect,
});
export type FaultOrder = z.input<typeof FaultOrder>;

export interface Fault extends z.output<typeof FaultOrder> {
  id: string;
  /** Requests it has hit so far. */
  hits: number;
}

export interface Faults {
  add(order: z.output<typeof FaultOrder>): Fault;
  list(): readonly Fault[];
  /** @returns whether there was such a fault. */
  remove(id: string): boolean;
  clear(): void;
  /** The fault that meets this request, counted as a hit. Path without query. */
  take(method: string, path: string): Fault | undefined;
}

export function createFaults(): Faults {
  let faults: Fault[] = [];
  let added = 0;
  return {
    add: (order) => {
      added += 1;
      const fault = { ...order, id: `fault-${added}`, hits: 0 };
      faults.push(fault);
      return fault;
    },
    list: () => faults,
    remove: (id) => {
      const before = faults.length;
      faults = faults.filter((fault) => fault.id !== id);
      return faults.length < before;
    },
    clear: () => {
      faults = [];
    },
    take: (method, path) => {
      const fault = faults.find((candidate) => meets(candidate, method, path));
      if (fault) fault.hits += 1;
      return fault;
    },
  };
}

function meets({ match, times, hits }: Fault, method: string, path: string): boolean {
  if (times !== null && hits >= times) return false;
  if (match.method !== undefined && match.method !== method) return false;
  if (match.path === undefined) return true;
  return match.path.startsWith('^') ? new RegExp(match.path).test(path) : path.startsWith(match.path);
}

function isRegExp(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
