import { customValueFields } from '../custom-values.js';
import type { Firm } from '../firm.js';
import type { Matter } from '../records.js';
import type { Resource } from '../resource.js';
import { matterFrom } from './matter-body.js';
import { containsWords } from './text.js';
import { contactFields, matterFields, viewMatter } from './views.js';

const userFields = ['id', 'etag', 'name', 'first_name', 'last_name', 'email', 'enabled'];

/** @param today the firm's date, `YYYY-MM-DD`. */
export function matters(firm: Firm, today: () => string): Resource<Matter> {
  return {
    path: 'matters',
    collection: firm.matters,
    shape: {
      ...Object.fromEntries(matterFields.map((name) => [name, true as const])),
      client: contactFields,
      practice_area: ['id', 'etag', 'name', 'code', 'category'],
      responsible_attorney: userFields,
      originating_attorney: userFields,
      custom_field_values: customValueFields,
    },
    view: (matter) => viewMatter(firm, matter),
    filters: {
      // `client_reference` is neither a filter nor covered by `query`.
      query: ({ display_number, number, description, clientId }, query) =>
        containsWords(
          [display_number, String(number), description, firm.contacts.find(clientId)?.name],
          query,
        ),
      client_id: ({ clientId }, value) => String(clientId) === value,
      status: ({ status }, value) => value.toLowerCase().split(',').includes(status),
      practice_area_id: ({ practiceAreaId }, value) => String(practiceAreaId) === value,
      responsible_attorney_id: ({ responsibleAttorneyId }, value) => String(responsibleAttorneyId) === value,
      originating_attorney_id: ({ originatingAttorneyId }, value) => String(originatingAttorneyId) === value,
    },
    customValues: ({ customValues }) => customValues,
    write: {
      create: (body) => matterFrom(firm, undefined, body, today()),
      change: (matter, body) => matterFrom(firm, matter, body, today()),
    },
  };
}
