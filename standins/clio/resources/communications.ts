import { z } from 'zod';
import { ClioRefusal, dataOf } from '../errors.js';
import { type Shape, stamped } from '../fields.js';
import type { Firm } from '../firm.js';
import type { Communication, Correspondent } from '../records.js';
import type { Resource } from '../resource.js';
import {
  carriesAsked,
  ExternalPropertiesBody,
  externalPropertiesFrom,
  externalPropertyFields,
} from './external-properties.js';
import { containsWords, reference } from './text.js';
import { matterFields, viewMatter } from './views.js';

const correspondents = z.array(z.object({ id: z.int(), type: z.enum(['User', 'Contact']) })).optional();
/** No duration, direction or telephone number: such keys are dropped like all that Clio does not know. */
const Body = z.object({
  type: z.enum(['PhoneCommunication', 'EmailCommunication']),
  subject: z.string().min(1),
  body: z.string().min(1),
  received_at: z.iso.datetime({ offset: true }),
  matter: reference.nullish(),
  senders: correspondents,
  receivers: correspondents,
  external_properties: ExternalPropertiesBody,
});

const people = ['id', 'etag', 'type', 'name', 'identifier'];
const shape: Shape = {
  ...stamped,
  type: true,
  subject: true,
  body: true,
  date: true,
  received_at: true,
  matter: matterFields,
  senders: people,
  receivers: people,
  external_properties: externalPropertyFields,
};

export function communications(firm: Firm): Resource<Communication> {
  return {
    path: 'communications',
    collection: firm.communications,
    shape,
    view: (communication) => {
      const { matterId, senders, receivers, received_at } = communication;
      const matter = matterId === null ? undefined : firm.matters.find(matterId);
      return {
        ...communication,
        date: received_at.slice(0, 10),
        matter: matter ? viewMatter(firm, matter) : null,
        senders: senders.map((one) => viewPerson(firm, one)),
        receivers: receivers.map((one) => viewPerson(firm, one)),
      };
    },
    matches: ({ external_properties }, asked) => carriesAsked(external_properties, asked),
    filters: {
      type: ({ type }, value) => type === value,
      matter_id: ({ matterId }, value) => String(matterId) === value,
      contact_id: ({ senders, receivers }, value) =>
        [...senders, ...receivers].some(({ id, type }) => type === 'Contact' && String(id) === value),
      query: ({ subject, body }, value) => containsWords([subject, body], value),
    },
    write: {
      create: (request) => {
        const body = dataOf(Body, request);
        const { type, subject, received_at, matter, senders = [], receivers = [] } = body;
        for (const one of [...senders, ...receivers]) mustExist(firm, one);
        if (matter && !firm.matters.find(matter.id))
          throw new ClioRefusal('validation', 'Matter does not exist');
        const external_properties = externalPropertiesFrom(body.external_properties);
        const matterId = matter?.id ?? null;
        return {
          type,
          subject,
          body: body.body,
          received_at,
          matterId,
          senders,
          receivers,
          external_properties,
        };
      },
      change: (_communication, request) => {
        const { subject, body } = dataOf(Body.pick({ subject: true, body: true }).partial(), request);
        return { ...(subject !== undefined && { subject }), ...(body !== undefined && { body }) };
      },
    },
  };
}

function mustExist(firm: Firm, { id, type }: Correspondent): void {
  const known = type === 'User' ? firm.users.find(id) : firm.contacts.find(id);
  if (!known) throw new ClioRefusal('validation', `${type} ${id} does not exist`);
}

/** Written as `Contact`, read as what the contact is. */
function viewPerson(firm: Firm, { id, type }: Correspondent): Record<string, unknown> {
  if (type === 'User') return { id, type, name: firm.users.find(id)?.name, identifier: null };
  const contact = firm.contacts.find(id);
  return { id, type: contact?.type ?? 'Person', name: contact?.name ?? null, identifier: null };
}
