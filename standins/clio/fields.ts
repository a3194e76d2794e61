import { ClioRefusal } from './errors.js';

/** The names a resource can be asked for: `true` for a plain value, a list of inner names for an association. */
export type Shape = Readonly<Record<string, true | readonly string[]>>;

/** What every record of Clio has. */
export const stamped = { id: true, etag: true, created_at: true, updated_at: true } as const;

/** Asked names; an association maps to the inner names asked for. */
export type Selection = ReadonlyMap<string, readonly string[] | undefined>;

type Json = Record<string, unknown>;

/** Without `fields` Clio answers these two and nothing else, also inside an association named without braces. */
const defaults = ['id', 'etag'];

/**
 * Reads the `fields` parameter: a comma list with one level of braces.
 * @throws ClioRefusal `invalid_fields` for an unknown name, a second level of braces, or anything unreadable.
 */
export function parseFields(text: string | undefined, shape: Shape): Selection {
  if (text === undefined || text === '') return new Map(defaults.map((name) => [name, undefined]));
  const parts = text.match(/[^,{}]+(?:\{[^{}]*\})?/g) ?? [];
  if (parts.join(',') !== text) throw new ClioRefusal('invalid_fields', `Invalid fields: ${text}`);
  return new Map(parts.map((part) => parsePart(part, shape)));
}

function parsePart(part: string, shape: Shape): [string, readonly string[] | undefined] {
  const [name = '', inside] = part.replace('}', '').split('{');
  const known = Object.hasOwn(shape, name) ? shape[name] : undefined;
  const unknown = () => new ClioRefusal('invalid_fields', `${part} is not a valid field`);
  if (known === undefined) throw unknown();
  if (inside === undefined) return [name, known === true ? undefined : defaults];
  const inner = inside.split(',');
  if (known === true || !inner.every((field) => known.includes(field))) throw unknown();
  return [name, inner];
}

/** Cuts a full record down to what was asked. */
export function select(record: Json, selection: Selection): Json {
  const answer: Json = {};
  for (const [name, inner] of selection) {
    const value = record[name] ?? null;
    answer[name] = inner === undefined ? value : pickInner(value, inner);
  }
  return answer;
}

function pickInner(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => pickInner(item, names));
  if (!isJson(value)) return value;
  return Object.fromEntries(
    names
      .filter((name) => name in value || name !== 'etag')
      .map((name) => [name, isJson(value[name]) ? pickInner(value[name], defaults) : (value[name] ?? null)]),
  );
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
