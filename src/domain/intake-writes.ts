/** Which writes an intake calls for, and what goes into them. Pure; runs inside the intake workflow. */
import type { z } from 'zod';
import type { FirmProfile, PracticeArea } from './firm.js';
import type { IntakeRecord } from './intake.js';
import type { Money } from './money.js';
import type { ContactPayload, MatterPayload } from './writes/clio.js';
import type { PaymentRequestPayload } from './writes/lawpay.js';
import type { Priority } from './writes/request.js';

/** What stands in for a name nobody gave. A person replaces it in Clio; the note says so. */
const placeholderName = { firstName: 'Unknown', lastName: 'Caller' } as const;

/** Practice areas as people write them, also the names looked for among a firm's own practice areas. */
export const areaNames: Record<PracticeArea, string> = {
  personal_injury: 'Personal Injury',
  family: 'Family',
  criminal: 'Criminal',
  immigration: 'Immigration',
  bankruptcy: 'Bankruptcy',
  estate: 'Estate Planning',
  employment: 'Employment',
  landlord_tenant: 'Landlord/Tenant',
  out_of_scope: 'Outside the firm’s areas',
};

/** Whether the call left a person behind: somebody with a name or a way to reach them. */
export function leavesContact({ contact }: IntakeRecord): boolean {
  return Boolean(contact.firstName ?? contact.lastName ?? contact.phone ?? contact.email);
}

/** Whether the name in Clio will be (partly) a placeholder. */
export const nameIsIncomplete = ({ contact }: IntakeRecord): boolean =>
  !contact.firstName || !contact.lastName;

/**
 * Whether the call describes a legal problem the firm may take. A problem outside the firm's areas leaves a contact and
 * a note, so that the written "please ask another lawyer soon" can be sent, but no matter.
 */
export function leavesMatter({ matter }: IntakeRecord): boolean {
  if (matter.practiceArea?.value === 'out_of_scope') return false;
  return matter.practiceArea !== undefined || matter.narrative.length > 0;
}

export function contactPayload({ contact }: IntakeRecord): z.infer<typeof ContactPayload> {
  return {
    firstName: contact.firstName?.value ?? placeholderName.firstName,
    lastName: contact.lastName?.value ?? placeholderName.lastName,
    ...(contact.phone && { phoneE164: contact.phone.value }),
    ...(contact.email && { email: contact.email.value }),
  };
}

/** The description holds typed facts only: a caller's own words stay in the note. */
export function matterPayload(record: IntakeRecord, contactId: number): z.infer<typeof MatterPayload> {
  const { practiceArea, incidentDate, state } = record.matter;
  const { firstName, lastName } = contactPayload(record);
  const facts = [
    `${practiceArea ? areaNames[practiceArea.value] : 'Area not stated'}: telephone intake of ${firstName} ${lastName}`,
    incidentDate && `incident ${incidentDate.value}`,
    state?.value,
  ];
  return {
    contactId,
    description: facts.filter(Boolean).join(', '),
    ...(practiceArea && { practiceArea: practiceArea.value }),
  };
}

/** The published consultation fee for this intake's area; undefined when it is free or the area unknown. */
export function consultationFee({ matter }: IntakeRecord, firm: FirmProfile): Money | undefined {
  return matter.practiceArea && firm.consultationFees[matter.practiceArea.value];
}

export function paymentPayload(
  record: IntakeRecord,
  money: Money,
  reference: string,
): z.infer<typeof PaymentRequestPayload> {
  const { firstName, lastName, email } = record.contact;
  const payerName = [firstName?.value, lastName?.value].filter(Boolean).join(' ');
  return {
    money,
    purpose: 'consultation',
    reference,
    ...(payerName !== '' && { payerName }),
    ...(email && { payerEmail: email.value }),
  };
}

/** Everyone named in the call, the caller first, each once. Legal intake searches them all before money is mentioned. */
export function namesForConflictCheck(record: IntakeRecord): string[] {
  const caller = callerName(record);
  return [...new Set([...(caller ? [caller] : []), ...record.parties.map(({ value }) => value.name)])];
}

/** First and last name as said, when at least one was. */
export function callerName({ contact }: IntakeRecord): string | undefined {
  const name = [contact.firstName?.value, contact.lastName?.value].filter(Boolean).join(' ');
  return name === '' ? undefined : name;
}

/** A hearing, an answer date or served papers make the writes urgent; everything else is ordinary. */
export function writePriority(record: IntakeRecord): Priority {
  const urgent = record.keyDates.some(({ value }) => value.type !== 'incident' && value.type !== 'other');
  return urgent ? 'HIGH' : 'MEDIUM';
}
