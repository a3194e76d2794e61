/**
 * The search attributes that make waiting writes findable in Temporal UI. They travel in clear: opaque ids and class
 * names only. The budget on SQL visibility is 10 keywords and 3 of every other type; this uses 6, 2, 2 and 1.
 * A write that never had to wait carries no `HermesState`, which spares the happy path an event.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const attributeKeys = {
  tenant: defineSearchAttributeKey('HermesTenant', SearchAttributeType.KEYWORD),
  state: defineSearchAttributeKey('HermesState', SearchAttributeType.KEYWORD),
  system: defineSearchAttributeKey('HermesSystem', SearchAttributeType.KEYWORD),
  errorClass: defineSearchAttributeKey('HermesErrorClass', SearchAttributeType.KEYWORD),
  operation: defineSearchAttributeKey('HermesOperation', SearchAttributeType.KEYWORD),
  call: defineSearchAttributeKey('HermesCall', SearchAttributeType.KEYWORD),
  parkedAt: defineSearchAttributeKey('HermesParkedAt', SearchAttributeType.DATETIME),
  nextAttemptAt: defineSearchAttributeKey('HermesNextAttemptAt', SearchAttributeType.DATETIME),
  attempts: defineSearchAttributeKey('HermesAttempts', SearchAttributeType.INT),
  revision: defineSearchAttributeKey('HermesRevision', SearchAttributeType.INT),
  needsHuman: defineSearchAttributeKey('HermesNeedsHuman', SearchAttributeType.BOOL),
} as const;

/** Name → type of each attribute, for whoever registers them on a server. */
export const searchAttributes: Readonly<Record<string, SearchAttributeType>> = Object.fromEntries(
  Object.values(attributeKeys).map(({ name, type }) => [name, type]),
);
