/** Payloads as people may see them who must judge a failure but need not read what a caller told. */

/** Fields whose words are ours, not a caller's: they are shown as they are. */
const openFields = new Set([
  'practiceArea',
  'type',
  'purpose',
  'currency',
  'account',
  'reference',
  'system',
  'kind',
]);
/** A word or a name is masked letter by letter, anything longer is told by its length. */
const MAX_MASKED_LETTERS = 80;

/** @returns the same shape; numbers, flags and our own words as they are, everything else masked. */
export function masked(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return openFields.has(field) ? value : maskedText(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, key)]));
}

function maskedText(text: string): string {
  const [, mailbox, host] = /^([^@\s]+)@([^@\s]+)$/.exec(text) ?? [];
  if (mailbox !== undefined && host !== undefined) return `${mailbox.slice(0, 1)}…@${host}`;
  if (/^\+?\d[\d\s-]{5,}$/.test(text)) return `…${text.slice(-2)}`;
  if (text.length > MAX_MASKED_LETTERS) return `[${text.length} characters]`;
  return text.replace(/[\p{L}\p{N}]+/gu, (word) => `${word.slice(0, 1)}…`);
}

/** One field that differs. A field that one side lacks is undefined there. */
export interface FieldChange {
  /** Dotted path; the whole payload is the empty path. */
  field: string;
  before: unknown;
  after: unknown;
}

/** The fields in which two payloads differ, lists compared as wholes. Nothing is masked here. */
export function changesBetween(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (!isRecord(before) || !isRecord(after))
    return sameJson(before, after) ? [] : [{ field: path, before, after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => changesBetween(before[key], after[key], path === '' ? key : `${path}.${key}`));
}

export const maskedChange = ({ field, before, after }: FieldChange): FieldChange => {
  const name = field.split('.').at(-1) ?? '';
  return { field, before: masked(before, name), after: masked(after, name) };
};

/** RFC 7396: objects are merged, null removes a field, anything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, key);
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
