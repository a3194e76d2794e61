/** What can go wrong with one write, by name: the faults that its requests meet, and why it parks, if it does. */
import type { FaultOrder } from '../../standins/kit/faults.js';
import type { ErrorClass } from '../../src/domain/failures.js';

/** The systems that chaos is made in. */
export type Vendor = 'clio' | 'lawpay';

/** Longest wait of ours for an answer, milliseconds; the stand-ins are slower than that where they are to be late. */
export const TIMEOUT_MS = 2_000;

export interface Fate {
  faults: readonly Omit<FaultOrder, 'match'>[];
  /** The method of each fault's request; the creation when left out. */
  methods?: readonly ('GET' | 'POST')[];
  /** Parks for this, and lands when somebody has it tried again. */
  parks?: ErrorClass;
}

type Effect = FaultOrder['effect'];
const once = (effect: Effect): Fate => ({ faults: [{ effect }] });
const status = (code: number, type: string): Effect => ({
  kind: 'status',
  status: code,
  body: { error: { type, message: 'no' } },
});
/** Until the faults are taken away, which the run does before it redrives. */
const always = (effect: Effect): Omit<FaultOrder, 'match'> => ({ effect, times: null });

/** Of writes whose requests carry their reference. Every kind of fault that the stand-ins know is among them. */
export const fates = {
  slow: once({ kind: 'latency', ms: 400, jitterMs: 400 }),
  'late: done after we hung up': once({ kind: 'latency', ms: TIMEOUT_MS + 300 }),
  mute: once({ kind: 'stall' }),
  'cut before': once({ kind: 'cut' }),
  'done, answer lost': once({ kind: 'commit_then_cut' }),
  'done, half an answer': once({ kind: 'half_body' }),
  'done, garbled answer': once({ kind: 'garbled' }),
  'done, answered 504': once({ kind: 'commit_then_status', status: 504 }),
  '429 with Retry-After': once({ kind: 'rate_limited', retryAfterSeconds: 1 }),
  '500': once({ kind: 'status', status: 500 }),
  '503 with Retry-After': once({ kind: 'status', status: 503, headers: { 'retry-after': '1' } }),
  'firewall page': once({ kind: 'html' }),
  'login page with 200': once({ kind: 'html', status: 200 }),
  '401, token expired': once({ kind: 'status', status: 401, body: { error: 'invalid_token' } }),
  'done, answer lost, look-up cut': {
    faults: [{ effect: { kind: 'commit_then_cut' } }, { effect: { kind: 'cut' } }],
    methods: ['POST', 'GET'],
  },
  'done, answer lost, look-up garbled': {
    faults: [{ effect: { kind: 'commit_then_cut' } }, { effect: { kind: 'garbled' } }],
    methods: ['POST', 'GET'],
  },
  'done, answer lost, look-ups down': {
    faults: [{ effect: { kind: 'commit_then_cut' } }, always({ kind: 'down' })],
    methods: ['POST', 'GET'],
    parks: 'unavailable',
  },
  '503 for good': { faults: [always({ kind: 'status', status: 503 })], parks: 'outcome_unknown' },
  'refused as invalid': { ...once(status(422, 'ValidationError')), parks: 'invalid' },
  'parent not found': { ...once(status(404, 'RecordNotFound')), parks: 'conflict' },
  'permission denied': { ...once(status(403, 'ForbiddenError')), parks: 'auth' },
} as const satisfies Record<string, Fate>;
export type FateName = keyof typeof fates;
export const fateNames = Object.keys(fates) as FateName[];

export interface PlannedFault {
  system: Vendor;
  /** What it is counted as. */
  kind: string;
  order: FaultOrder;
}

/** The faults of one write. */
export function faultsOf(system: Vendor, key: string, name: FateName): PlannedFault[] {
  const { faults, methods = [] }: Fate = fates[name];
  return faults.map((fault, i) => ({
    ...{ system, kind: name },
    order: { ...fault, match: { method: methods[i] ?? 'POST', holds: key } },
  }));
}

/**
 * Reads of LawPay carry no reference, so their faults fall on whichever request comes then. A 401 is not among them: it
 * rightly stops all of the firm's payment requests, because LawPay's tokens cannot be renewed.
 */
const readFaults = {
  'LawPay slow': { kind: 'latency', ms: 400 },
  'LawPay mute': { kind: 'stall' },
  'LawPay cut': { kind: 'cut' },
  'LawPay half an answer': { kind: 'half_body' },
  'LawPay garbled answer': { kind: 'garbled' },
  'LawPay 429 with Retry-After': { kind: 'rate_limited', retryAfterSeconds: 1 },
  'LawPay 500': { kind: 'status', status: 500 },
  'LawPay firewall page': { kind: 'html' },
  'LawPay refuses': { kind: 'status', status: 422 },
} as const satisfies Record<string, Effect>;
/** The one of them that parks a write, as `invalid`. */
export const READ_REFUSAL = 'LawPay refuses' satisfies keyof typeof readFaults;

const READ_SHARE = 0.15;

/** @param requests how many reads the run makes at least; the faults are spread over them. */
export function faultsOfReads(requests: number): PlannedFault[] {
  const kinds = Object.entries(readFaults);
  const count = Math.max(kinds.length, Math.floor(requests * READ_SHARE));
  return Array.from({ length: count }, (_, i) => kinds[i % kinds.length] ?? kinds[0]).flatMap((kind, i) =>
    kind
      ? [
          {
            system: 'lawpay' as const,
            kind: kind[0],
            order: { match: { path: '/' }, skip: Math.floor((i * requests) / count), effect: kind[1] },
          },
        ]
      : [],
  );
}
