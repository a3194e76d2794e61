/** Searching the firm's contacts for everyone named in a call. Clio's own conflict check has no API; this is a search. */
import { activityInfo } from '@temporalio/activity';
import { searchContacts } from '../clients/clio/contact-search.js';
import { hitsAmong, type Named } from '../domain/conflicts.js';
import type { TenantId } from '../domain/ids.js';
import type { Logger } from '../telemetry/logger.js';
import { asFailure, asOutsideError, whileBeating } from './attempt.js';
import type { FirmInClio } from './clio-firm.js';
import type { ConflictActivities, ConflictQuestion } from './contracts.js';

/** Longest Retry-After waited for inside the activity, milliseconds: a whole rate-limit window of Clio. */
const MAX_WAIT_MS = 60_000;

export interface ConflictCheckDeps {
  logger: Logger;
  open: (tenantId: TenantId, signal: AbortSignal) => Promise<FirmInClio>;
}

/** @returns the `checkConflicts` activity. */
export function createConflictCheck({
  logger,
  open,
}: ConflictCheckDeps): ConflictActivities['checkConflicts'] {
  return (question) =>
    whileBeating(async (signal) => {
      try {
        return await check(question, await open(question.tenantId, signal));
      } catch (error) {
        signal.throwIfAborted();
        const failure = asOutsideError(error);
        logger.warn({ err: failure, cause: failure.cause }, 'a conflict check could not be run');
        throw asFailure(failure, activityInfo().attempt, 'look_up', MAX_WAIT_MS);
      }
    });
}

async function check({ names, caller, ownContactId }: ConflictQuestion, { clio }: FirmInClio) {
  const searched: string[] = [];
  for (const name of names) {
    const { phoneE164 } = caller;
    const named: Named = name === caller.name && phoneE164 !== undefined ? { name, phoneE164 } : { name };
    searched.push(name);
    const contacts = await searchContacts(clio, name);
    if (hitsAmong(named, contacts, ownContactId).length > 0)
      return { result: 'possible' as const, namesSearched: searched, runAtMs: Date.now() };
  }
  return { result: 'clear' as const, namesSearched: searched, runAtMs: Date.now() };
}
