import { type Shape, stamped } from '../fields.js';
import type { Firm } from '../firm.js';
import type { User } from '../records.js';
import type { Resource } from '../resource.js';

const shape: Shape = {
  ...stamped,
  name: true,
  first_name: true,
  last_name: true,
  email: true,
  enabled: true,
  subscription_type: true,
  time_zone: true,
  default_calendar_id: true,
  account: ['id', 'etag', 'name'],
};

/** Users are read only. */
export function users(firm: Firm): Resource<User> {
  return {
    path: 'users',
    collection: firm.users,
    shape,
    view: (user) => user,
    filters: {
      name: (user, value) => user.name.toLowerCase().includes(value.toLowerCase()),
      enabled: (user, value) => String(user.enabled) === value,
      subscription_type: (user, value) => user.subscription_type.toLowerCase() === value.toLowerCase(),
    },
  };
}
