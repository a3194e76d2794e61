import type { Collection } from './collection.js';
import { ClioRefusal } from './errors.js';
import type { CustomField, CustomValue } from './records.js';

type ValueFilter = (values: readonly CustomValue[]) => boolean;
const ordered = ['currency', 'date', 'time', 'numeric'];

/**
 * Reads `custom_field_values[<field id>]=<operator><value>`; no operator means equal.
 * @throws ClioRefusal `bad_request` for an unknown field or an operator its type does not have.
 */
export function customValueFilters(asked: URLSearchParams, fields: Collection<CustomField>): ValueFilter[] {
  return [...asked].flatMap(([name, text]) => {
    const id = /^custom_field_values\[(\d+)\]$/.exec(name)?.[1];
    if (id === undefined) return [];
    const field = fields.find(Number(id));
    const [, operator = '', wanted = ''] = /^(<=|>=|<|>|=)?(.*)$/s.exec(text) ?? [];
    if (field === undefined) throw new ClioRefusal('bad_request', `Custom field ${id} does not exist`);
    if (/[<>]/.test(operator) && !ordered.includes(field.field_type))
      throw new ClioRefusal('bad_request', `Operator ${operator} is not supported for ${field.field_type}`);
    return [
      (values) =>
        values.some((value) => value.customFieldId === field.id && compares(value.value, operator, wanted)),
    ];
  });
}

function compares(value: string, operator: string, wanted: string): boolean {
  const numbers = [Number(value), Number(wanted)] as const;
  const [a, b] = numbers.some(Number.isNaN) ? [value, wanted] : numbers;
  switch (operator) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    default:
      return value === wanted;
  }
}
