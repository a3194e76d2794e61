import { createHash } from 'node:crypto';
import type { Clock } from '../kit/clock.js';
import type { Ledger } from '../kit/ledger.js';
import { ClioRefusal } from './errors.js';

/** What every Clio record has. Times are ISO 8601. */
export type Stored = {
  id: number;
  /** Its double quotes are part of the value. */
  etag: string;
  created_at: string;
  updated_at: string;
};

/** All records of one kind; every change goes into the ledger. */
export interface Collection<T extends Stored> {
  readonly kind: string;
  /** Oldest first. */
  all(): readonly T[];
  find(id: number): T | undefined;
  /** @throws ClioRefusal `not_found`. */
  get(id: number): T;
  /** There is no unique key and no idempotency: the same content twice makes two records. */
  create(content: Omit<T, keyof Stored>): T;
  update(id: number, changes: Partial<Omit<T, keyof Stored>>): T;
  /** @throws ClioRefusal `not_found`, also the second time. */
  remove(id: number): void;
  /** Takes the state from the ledger again. */
  reload(): void;
}

/**
 * @param firstId ids count from here; kinds get far-apart ranges, so an id used with the wrong kind is noticed.
 * @param fixture records of the firm from before.
 */
export function createCollection<T extends Stored>(
  deps: { ledger: Ledger; clock: Clock },
  kind: string,
  firstId: number,
  fixture: readonly T[] = [],
): Collection<T> {
  const { ledger } = deps;
  const records = new Map<number, T>();
  let nextId = firstId;
  const reload = () => {
    records.clear();
    // The ledger holds only what this collection put there.
    for (const record of ledger.living(kind, fixture) as T[]) records.set(record.id, record);
    const made = ledger.records(kind).filter(({ action }) => action === 'created').length;
    nextId = firstId + fixture.length + made;
  };
  const get = (id: number): T => {
    const record = records.get(id);
    if (record === undefined) throw new ClioRefusal('not_found', `Couldn't find ${kind} with id ${id}`);
    return record;
  };
  const keep = (action: 'created' | 'updated', record: T): T => {
    records.set(record.id, record);
    ledger.record(kind, record.id, action, record);
    return record;
  };
  reload();
  return {
    kind,
    all: () => [...records.values()],
    find: (id) => records.get(id),
    get,
    create: (content) => {
      const now = new Date(deps.clock.nowMs()).toISOString();
      const stamp = {
        id: nextId,
        etag: etagOf(kind, nextId, now, content),
        created_at: now,
        updated_at: now,
      };
      nextId += 1;
      return keep('created', { ...content, ...stamp } as T);
    },
    update: (id, changes) => {
      const now = new Date(deps.clock.nowMs()).toISOString();
      const changed = { ...get(id), ...changes, updated_at: now };
      return keep('updated', { ...changed, etag: etagOf(kind, id, now, changed) });
    },
    remove: (id) => {
      ledger.record(kind, id, 'deleted', get(id));
      records.delete(id);
    },
    reload,
  };
}

/** Content is hashed too, so that two changes within a millisecond differ. */
export function etagOf(kind: string, id: number, updatedAt: string, content: object = {}): string {
  const text = JSON.stringify([kind, id, updatedAt, content]);
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
}
