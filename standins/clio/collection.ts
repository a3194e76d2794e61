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

export interface CollectionDeps {
  ledger: Ledger;
  clock: Clock;
  /** Told of every change. */
  changed?: (kind: string, action: 'created' | 'updated' | 'deleted', record: Stored) => void;
}

/** All records of one kind; every change goes into the ledger. */
export class Collection<T extends Stored> {
  readonly #records = new Map<number, T>();
  #nextId = 0;

  /**
   * @param firstId ids count from here; kinds get far-apart ranges, so an id used with the wrong kind is noticed.
   * @param fixture records of the firm from before.
   */
  constructor(
    private readonly deps: CollectionDeps,
    private readonly kind: string,
    private readonly firstId: number,
    private readonly fixture: readonly T[] = [],
  ) {
    this.reload();
  }

  /** Takes the state from the ledger again, which under this kind holds only what this collection put there. */
  reload(): void {
    const { ledger } = this.deps;
    this.#records.clear();
    for (const record of ledger.living(this.kind, this.fixture) as T[]) this.#records.set(record.id, record);
    const made = ledger.records(this.kind).filter(({ action }) => action === 'created').length;
    this.#nextId = this.firstId + this.fixture.length + made;
  }

  /** Oldest first. */
  all(): readonly T[] {
    return [...this.#records.values()];
  }

  find(id: number): T | undefined {
    return this.#records.get(id);
  }

  /** @throws ClioRefusal `not_found`. */
  get(id: number): T {
    const record = this.#records.get(id);
    if (record === undefined) throw new ClioRefusal('not_found', `Couldn't find ${this.kind} with id ${id}`);
    return record;
  }

  /** There is no unique key and no idempotency: the same content twice makes two records. */
  create(content: Omit<T, keyof Stored>): T {
    const id = this.#nextId++;
    const now = this.#now();
    const stamp = { id, etag: etagOf(this.kind, id, now, content), created_at: now, updated_at: now };
    return this.#keep('created', { ...content, ...stamp } as T);
  }

  update(id: number, changes: Partial<Omit<T, keyof Stored>>): T {
    const now = this.#now();
    const changed = { ...this.get(id), ...changes, updated_at: now };
    return this.#keep('updated', { ...changed, etag: etagOf(this.kind, id, now, changed) });
  }

  /** @throws ClioRefusal `not_found`, also the second time. */
  remove(id: number): void {
    const record = this.get(id);
    this.deps.ledger.record(this.kind, id, 'deleted', record);
    this.#records.delete(id);
    this.deps.changed?.(this.kind, 'deleted', record);
  }

  #keep(action: 'created' | 'updated', record: T): T {
    this.#records.set(record.id, record);
    this.deps.ledger.record(this.kind, record.id, action, record);
    this.deps.changed?.(this.kind, action, record);
    return record;
  }

  #now(): string {
    return new Date(this.deps.clock.nowMs()).toISOString();
  }
}

/** Content is hashed too, so that two changes within a millisecond differ. */
export function etagOf(kind: string, id: number, updatedAt: string, content: object = {}): string {
  const text = JSON.stringify([kind, id, updatedAt, content]);
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
}
