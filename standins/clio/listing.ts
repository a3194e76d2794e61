import { z } from 'zod';
import type { StandinKit } from '../kit/standin.js';
import type { Stored } from './collection.js';
import { customValueFilters } from './custom-filters.js';
import { ClioRefusal } from './errors.js';
import type { Firm } from './firm.js';
import type { Resource } from './resource.js';
import type { ClioSettings } from './settings.js';

const orderable = ['id', 'created_at', 'updated_at'] as const;
const Order = z.templateLiteral([z.enum(orderable), '(', z.enum(['asc', 'desc']), ')']);

export interface ListDeps {
  kit: StandinKit<ClioSettings>;
  firm: Firm;
}

/** The records a list request asks for, in its order. */
export function matching<T extends Stored>(resource: Resource<T>, { kit, firm }: ListDeps, url: URL): T[] {
  const asked = new URLSearchParams(
    [...url.searchParams].filter(([name]) => !kit.settings.ignoreFilters.includes(name)),
  );
  const { listNeeds } = resource;
  if (listNeeds !== undefined && !asked.has(listNeeds))
    throw new ClioRefusal('bad_request', `Required parameter ${listNeeds} is missing`);
  let records = [...resource.collection.all()];

  const customFilters = resource.customValues ? customValueFilters(asked, firm.customFields) : [];
  if (asked.has('query') || customFilters.length > 0) {
    // The search index is behind the database.
    const indexedUntil = new Date(kit.clock.nowMs() - kit.settings.searchLagMs).toISOString();
    records = records.filter((record) => record.created_at <= indexedUntil);
  }
  for (const filter of customFilters)
    records = records.filter((record) => filter(resource.customValues?.(record) ?? []));
  for (const [name, value] of asked) {
    const filter = Object.hasOwn(resource.filters, name) ? resource.filters[name] : undefined;
    if (filter) records = records.filter((record) => filter(record, value));
  }
  records = records.filter((record) => resource.matches?.(record, asked) ?? true);
  const order = resource.unordered ? null : asked.get('order');
  return inOrder(withinCommonFilters(records, asked), order ?? 'id(asc)');
}

function withinCommonFilters<T extends Stored>(records: T[], asked: URLSearchParams): T[] {
  const ids = asked.getAll('ids[]').map(Number);
  const since = (name: string) => {
    const text = asked.get(name);
    if (text === null) return 0;
    const atMs = Date.parse(text);
    if (Number.isNaN(atMs)) throw new ClioRefusal('bad_request', `${name} is not a timestamp`);
    return atMs;
  };
  const createdSinceMs = since('created_since');
  const updatedSinceMs = since('updated_since');
  return records.filter(
    (record) =>
      (ids.length === 0 || ids.includes(record.id)) &&
      Date.parse(record.created_at) >= createdSinceMs &&
      Date.parse(record.updated_at) >= updatedSinceMs,
  );
}

function inOrder<T extends Stored>(records: T[], order: string): T[] {
  const parsed = Order.safeParse(order);
  if (!parsed.success) throw new ClioRefusal('bad_request', `order ${order} is not supported`);
  const [field, direction] = parsed.data.split(/[()]/) as ['id' | 'created_at', 'asc' | 'desc'];
  const sign = direction === 'asc' ? 1 : -1;
  return records.sort((a, b) => (a[field] < b[field] ? -sign : a[field] > b[field] ? sign : a.id - b.id));
}
