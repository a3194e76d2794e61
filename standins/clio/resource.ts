import type { Collection, Stored } from './collection.js';
import type { Shape } from './fields.js';
import type { CustomValue } from './records.js';

/** One REST resource of the API, for `serve` to put on the wire. */
export interface Resource<T extends Stored> {
  /** Last part of its path, e.g. `contacts`. */
  path: string;
  collection: Collection<T>;
  /** Names `fields` may ask for. */
  shape: Shape;
  /** The record with its associations filled in. */
  view(record: T): Record<string, unknown>;
  /** Filters by parameter name. A name that is not here is ignored: the list comes back unfiltered, as in Clio. */
  filters: Record<string, (record: T, value: string) => boolean>;
  /** Filters made of several parameters. */
  matches?(record: T, asked: URLSearchParams): boolean;
  /** It knows no `order`, which is then ignored like every unknown parameter. */
  unordered?: true;
  /** A parameter without which listing is refused. */
  listNeeds?: string;
  /** Values reachable by `custom_field_values[<id>]=`. */
  customValues?(record: T): readonly CustomValue[];
  /** What Clio does after a create or change, before it answers. */
  written?(record: T): Promise<void>;
  /** Absent where Clio has no create. */
  write?: {
    /** @param body the request's body, as it came. */
    create(body: unknown): Omit<T, keyof Stored>;
    change(record: T, body: unknown): Partial<Omit<T, keyof Stored>>;
    /** @throws ClioRefusal when the record may not be deleted. */
    mayRemove?(record: T): void;
  };
}
