import { type Shape, stamped } from '../fields.js';
import type { Firm } from '../firm.js';
import type { Calendar } from '../records.js';
import type { Resource } from '../resource.js';

const shape: Shape = {
  ...stamped,
  name: true,
  type: true,
  permission: true,
  creator: ['id', 'etag', 'name', 'email'],
};

const mayWrite = ({ permission }: Calendar): boolean => permission !== 'viewer';

/** Calendars are read only here. */
export function calendars(firm: Firm): Resource<Calendar> {
  return {
    path: 'calendars',
    collection: firm.calendars,
    shape,
    view: (calendar) => ({ ...calendar, creator: firm.users.find(calendar.creatorId) }),
    filters: {
      writeable: (calendar, value) => value !== 'true' || mayWrite(calendar),
      type: (calendar, value) => calendar.type === value,
    },
  };
}

/** The calendar of that id, if entries may be written into it: a user's id finds nothing. */
export const writableCalendar = (firm: Firm, id: number): Calendar | undefined => {
  const calendar = firm.calendars.find(id);
  return calendar && mayWrite(calendar) ? calendar : undefined;
};
