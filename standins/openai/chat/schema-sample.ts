import { z } from 'zod';

/** The part of JSON Schema that strict structured outputs allow. */
const Node = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  minItems: z.int().optional(),
  minLength: z.int().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  format: z.string().optional(),
});
type Node = z.infer<typeof Node>;

const formats: Record<string, string> = {
  date: '2026-01-15',
  'date-time': '2026-01-15T09:00:00Z',
  time: '09:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/**
 * The least value that satisfies a schema: null where null may stand, empty strings and lists, first members of enums,
 * required properties only. The same schema always gives the same value. `pattern` is not looked at.
 */
export function sampleOf(schema: unknown, root: unknown = schema): unknown {
  const node = Node.parse(schema === true ? {} : schema);
  if (node.$ref !== undefined) return sampleOf(resolve(node.$ref, root), root);
  if ('const' in node) return node.const;
  if (node.enum) return node.enum.includes(null) ? null : node.enum[0];
  const choices = node.anyOf ?? node.oneOf;
  if (choices) return choices.some(allowsNull) ? null : sampleOf(choices[0], root);
  if (allowsNull(node)) return null;
  return sampleOfType(Array.isArray(node.type) ? node.type[0] : node.type, node, root);
}

function sampleOfType(type: string | undefined, node: Node, root: unknown): unknown {
  switch (type) {
    case 'string':
      return formats[node.format ?? ''] ?? 'x'.repeat(node.minLength ?? 0);
    case 'integer':
    case 'number':
      return node.minimum ?? (node.exclusiveMinimum === undefined ? 0 : node.exclusiveMinimum + 1);
    case 'boolean':
      return false;
    case 'array':
      return Array.from({ length: node.minItems ?? 0 }, () => sampleOf(node.items ?? {}, root));
    default:
      return Object.fromEntries(
        (node.required ?? []).map((name) => [name, sampleOf(node.properties?.[name] ?? {}, root)]),
      );
  }
}

const allowsNull = (schema: unknown): boolean => {
  const { type } = Node.parse(schema === true ? {} : schema);
  return type === 'null' || (Array.isArray(type) && type.includes('null'));
};

/** Follows a reference inside the document (`#`, `#/$defs/Name`). */
function resolve(reference: string, root: unknown): unknown {
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => z.record(z.string(), z.unknown()).parse(at)[key], root);
}
