import { z } from 'zod';

/** What a client may attach to communications, calendar entries, documents and folders; contacts and matters drop it. */
export type ExternalProperty = { id: number; name: string; value: string };

/** At most five on a record. */
export const ExternalPropertiesBody = z
  .array(z.object({ name: z.string().min(1), value: z.string() }))
  .max(5, 'cannot have more than 5 external properties')
  .optional();

export const externalPropertyFields = ['id', 'name', 'value'];

export const externalPropertiesFrom = (body: z.infer<typeof ExternalPropertiesBody>): ExternalProperty[] =>
  (body ?? []).map((property, index) => ({ id: index + 1, ...property }));

/** `external_property_name` with `external_property_value`, which without a name means nothing. */
export function carriesAsked(properties: readonly ExternalProperty[], asked: URLSearchParams): boolean {
  const name = asked.get('external_property_name');
  const value = asked.get('external_property_value');
  return (
    name === null || properties.some((own) => own.name === name && (value === null || own.value === value))
  );
}
