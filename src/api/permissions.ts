import { z } from 'zod';
import type { TenantId } from '../domain/ids.js';

export const Role = z.enum(['ADMIN', 'ATTORNEY', 'STAFF', 'READ_ONLY']);
export type Role = z.infer<typeof Role>;

/** Who asks: the subject of the token, their firm and what they are there. */
export interface Identity {
  subject: string;
  tenantId: TenantId;
  roles: readonly Role[];
}

const everyone: readonly Role[] = ['ADMIN', 'ATTORNEY', 'STAFF', 'READ_ONLY'];
const workers: readonly Role[] = ['ADMIN', 'ATTORNEY', 'STAFF'];
const lawyers: readonly Role[] = ['ADMIN', 'ATTORNEY'];
const admins: readonly Role[] = ['ADMIN'];

/** Who may do what. A permission that is not in this table does not exist. */
export const permissions = {
  'calls:read': everyone,
  'calls:place': workers,
  'intakes:read': everyone,
  'recordings:listen': workers,
  'recordings:delete': ['ADMIN', 'ATTORNEY'],
  'dead-letters:read': everyone,
  'dead-letters:retry': workers,
  'dead-letters:edit': lawyers,
  'dead-letters:discard': lawyers,
  'dead-letters:approve': lawyers,
  'issues:change': workers,
  'redrive:run': lawyers,
  'payments:read': everyone,
  'payments:refund': lawyers,
  'payments:set-up': admins,
  'webhooks:read': lawyers,
  'webhooks:change': admins,
  'monitoring:read': everyone,
  'connections:read': everyone,
  'connections:manage': admins,
  'audit:read': admins,
  'payloads:decode': ['ADMIN', 'ATTORNEY'],
  'payloads:encode': workers,
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof permissions;

/** Whether any role of `identity` carries `permission`. */
export const isAllowed = (identity: Identity, permission: Permission): boolean =>
  identity.roles.some((role) => (permissions[permission] as readonly Role[]).includes(role));
