import { z } from 'zod';
import type { Stored } from '../collection.js';
import { applyCustomValues, CustomValuesBody } from '../custom-values.js';
import { ClioRefusal, dataOf } from '../errors.js';
import type { Firm } from '../firm.js';
import type { Matter } from '../records.js';
import { optionalText, reference } from './text.js';

/** `null` and `{}` are taken and change nothing; `{id: null}` is refused. */
const attorney = z.union([z.null(), reference, z.strictObject({})]).optional();
const Body = z.object({
  client: reference,
  description: z.string().min(1),
  status: z.enum(['open', 'pending', 'closed']).optional(),
  open_date: z.iso.date().nullish(),
  pending_date: z.iso.date().nullish(),
  close_date: z.iso.date().nullish(),
  client_reference: optionalText,
  location: optionalText,
  billable: z.boolean().optional(),
  practice_area: reference.nullish(),
  responsible_attorney: attorney,
  originating_attorney: attorney,
  custom_field_values: CustomValuesBody,
});
const Change = Body.partial();

/**
 * The matter a create or change asks for.
 * @param before the matter as it is; undefined for a create.
 * @param today the firm's date, `YYYY-MM-DD`.
 * @throws ClioRefusal
 */
export function matterFrom(
  firm: Firm,
  before: Matter | undefined,
  request: unknown,
  today: string,
): Omit<Matter, keyof Stored> {
  const body: z.infer<typeof Change> = dataOf(before ? Change : Body, request);
  const status = body.status ?? before?.status ?? 'open';
  const clientId = body.client?.id ?? before?.clientId ?? 0;
  const client = firm.contacts.find(clientId);
  if (client === undefined) throw new ClioRefusal('validation', 'Client does not exist');
  const areaId = body.practice_area === undefined ? before?.practiceAreaId : body.practice_area?.id;
  if (areaId != null && firm.practiceAreas.find(areaId) === undefined)
    throw new ClioRefusal('validation', 'Practice area does not exist');
  return {
    ...numbering(firm, before, client.last_name ?? client.name),
    description: body.description ?? before?.description ?? '',
    status,
    ...datesFrom(before, body, status, today),
    client_reference:
      (body.client_reference === undefined ? before?.client_reference : body.client_reference) ?? null,
    location: (body.location === undefined ? before?.location : body.location) ?? null,
    billable: body.billable ?? before?.billable ?? true,
    clientId,
    practiceAreaId: areaId ?? null,
    responsibleAttorneyId:
      attorneyFrom(firm, body.responsible_attorney) ?? before?.responsibleAttorneyId ?? null,
    originatingAttorneyId:
      attorneyFrom(firm, body.originating_attorney) ?? before?.originatingAttorneyId ?? null,
    customValues: applyCustomValues(
      before?.customValues ?? [],
      body.custom_field_values,
      'Matter',
      firm.customFields,
    ),
  };
}

type Dates = Pick<Matter, 'open_date' | 'pending_date' | 'close_date'>;

/** Entering a status fills its date, unless the body says otherwise. */
function datesFrom(
  before: Matter | undefined,
  body: z.infer<typeof Change>,
  status: Matter['status'],
  today: string,
): Dates {
  const dateOf = (name: keyof Dates, when: Matter['status']) =>
    (body[name] === undefined ? before?.[name] : body[name]) ?? (status === when ? today : null);
  return {
    open_date: dateOf('open_date', 'open'),
    pending_date: dateOf('pending_date', 'pending'),
    close_date: dateOf('close_date', 'closed'),
  };
}

type Numbering = Pick<Matter, 'number' | 'display_number' | 'custom_number' | 'maildrop_address'>;

/** Numbers are given once, in order of creation: `00001-Lopez`. */
function numbering(firm: Firm, before: Matter | undefined, clientName: string): Numbering {
  if (before) {
    const { number, display_number, custom_number, maildrop_address } = before;
    return { number, display_number, custom_number, maildrop_address };
  }
  const number = Math.max(0, ...firm.matters.all().map((matter) => matter.number)) + 1;
  const padded = String(number).padStart(5, '0');
  return {
    number,
    display_number: `${padded}-${clientName}`,
    custom_number: null,
    maildrop_address: `matter-${padded}@maildrop.clio.example`,
  };
}

function attorneyFrom(firm: Firm, body: z.infer<typeof attorney>): number | undefined {
  if (body == null || !('id' in body)) return undefined;
  if (firm.users.find(body.id) === undefined) throw new ClioRefusal('validation', 'Attorney does not exist');
  return body.id;
}
