import { z } from 'zod';
import type { RecordFile } from './record-file.js';

/** One thing the outside system did. `data` is the whole record after the change (its last state when deleted). */
export const LedgerRecord = z.object({
  seq: z.int(),
  /** Milliseconds since the epoch, by the stand-in's clock. */
  atMs: z.number(),
  kind: z.string(),
  id: z.string(),
  action: z.enum(['created', 'updated', 'deleted']),
  data: z.record(z.string(), z.unknown()),
});
export type LedgerRecord = z.infer<typeof LedgerRecord>;

/**
 * One thing it was asked, in order of arrival. `status`: the HTTP status answered; `open` = not answered yet; `cut` and
 * `stalled` = a fault kept the answer back; `gone` = the client hung up first.
 */
export const LedgerRequest = z.object({
  seq: z.int(),
  atMs: z.number(),
  method: z.string(),
  /** With its query string. */
  path: z.string(),
  status: z.union([z.int(), z.enum(['open', 'cut', 'stalled', 'gone'])]),
  faultId: z.string().optional(),
});
export type LedgerRequest = z.infer<typeof LedgerRequest>;

export interface Ledger {
  /** Notes what was done; `data` is copied. */
  record(
    kind: string,
    id: string | number,
    action: LedgerRecord['action'],
    data: Record<string, unknown>,
  ): LedgerRecord;
  /** Notes what was asked; set `status` on the returned entry when the outcome is known. */
  asked(method: string, path: string): LedgerRequest;
  records(kind?: string): readonly LedgerRecord[];
  requests(): readonly LedgerRequest[];
  /**
   * The living records of a kind, each in its latest state, oldest first: what a stand-in starts from.
   * @param fixture what existed before anything was recorded; each has an `id`.
   */
  living(kind: string, fixture?: readonly LedgerRecord['data'][]): LedgerRecord['data'][];
  clear(): void;
}

/**
 * @param nowMs the stand-in's clock.
 * @param file where records survive a restart; without it they live as long as the process.
 */
export function createLedger(nowMs: () => number, file?: RecordFile): Ledger {
  const records: LedgerRecord[] = file?.restored.map((line) => LedgerRecord.parse(line)) ?? [];
  const requests: LedgerRequest[] = [];
  let seq = records.at(-1)?.seq ?? 0;

  return {
    record: (kind, id, action, data) => {
      seq += 1;
      const entry = { seq, atMs: nowMs(), kind, id: String(id), action, data: structuredClone(data) };
      records.push(entry);
      file?.append(entry);
      return entry;
    },
    asked: (method, path) => {
      seq += 1;
      const entry: LedgerRequest = { seq, atMs: nowMs(), method, path, status: 'open' };
      requests.push(entry);
      return entry;
    },
    records: (kind) => (kind === undefined ? records : records.filter((entry) => entry.kind === kind)),
    requests: () => requests,
    living: (kind, fixture = []) =>
      livingRecords(
        fixture,
        records.filter((entry) => entry.kind === kind),
      ),
    clear: () => {
      records.length = 0;
      requests.length = 0;
      seq = 0;
      file?.clear();
    },
  };
}

function livingRecords(
  fixture: readonly LedgerRecord['data'][],
  history: readonly LedgerRecord[],
): LedgerRecord['data'][] {
  const latest = new Map(fixture.map((data) => [String(data['id']), structuredClone(data)]));
  for (const { id, action, data } of history) {
    if (action === 'deleted') latest.delete(id);
    else latest.set(id, structuredClone(data));
  }
  return [...latest.values()];
}
