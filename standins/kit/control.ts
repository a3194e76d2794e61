import { z } from 'zod';
import type { FaultOrder } from './faults.js';
import { LedgerRecord, LedgerRequest } from './ledger.js';

const LedgerPage = z.object({ records: z.array(LedgerRecord), requests: z.array(LedgerRequest) });
const Added = z.object({ id: z.string() });
const FaultList = z.object({ faults: z.array(z.object({ id: z.string(), hits: z.int() })) });
/** A stand-in is on loopback: no answer within this is a bug, not slowness. */
const CONTROL_TIMEOUT_MS = 5_000;

/** A stand-in's control endpoint, typed. */
export interface Control {
  /** Orders a fault; by default it hits one request. @returns its id. */
  fault(order: FaultOrder): Promise<string>;
  /** Those not cleared, with the number of requests each has hit. */
  faults(): Promise<z.infer<typeof FaultList>['faults']>;
  clearFault(id: string): Promise<void>;
  clearFaults(): Promise<void>;
  /** What was done (of one kind, if named) and everything that was asked. */
  ledger(kind?: string): Promise<z.infer<typeof LedgerPage>>;
  /** Data of the records of a kind that were created, in order: the exactly-one check. */
  created(kind: string): Promise<LedgerRecord['data'][]>;
  reset(): Promise<void>;
  /** Changes settings of this stand-in. */
  configure(settings: Record<string, unknown>): Promise<void>;
  /** Moves its clock forward. */
  advanceClock(ms: number): Promise<void>;
  /** Any other control call of this stand-in, e.g. `grant`. @returns the JSON answer. */
  post(path: string, body?: unknown): Promise<unknown>;
}

/**
 * @param url origin of the stand-in.
 * @param timeoutMs longest wait for one answer; a ledger of tens of thousands takes a while.
 * Every method rejects with an Error naming the call and the stand-in's own words when it is refused.
 */
export function controlOf(url: string, timeoutMs = CONTROL_TIMEOUT_MS): Control {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(`/__control/${path}`, url), {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /__control/${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const ledger = async (kind?: string) =>
    LedgerPage.parse(
      await call('GET', kind === undefined ? 'ledger' : `ledger?kind=${encodeURIComponent(kind)}`),
    );
  const order = async (method: string, path: string, body?: unknown): Promise<void> => {
    await call(method, path, body);
  };
  return {
    fault: async (fault) => Added.parse(await call('POST', 'faults', fault)).id,
    faults: async () => FaultList.parse(await call('GET', 'faults')).faults,
    clearFault: (id) => order('DELETE', `faults/${id}`),
    clearFaults: () => order('DELETE', 'faults'),
    ledger,
    created: async (kind) =>
      (await ledger(kind)).records.filter(({ action }) => action === 'created').map(({ data }) => data),
    reset: () => order('POST', 'reset'),
    configure: (settings) => order('POST', 'config', settings),
    advanceClock: (ms) => order('POST', 'clock', { advanceMs: ms }),
    post: (path, body) => call('POST', path, body),
  };
}
