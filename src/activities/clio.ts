/** Activities against Clio, served on its own task queue. */
import type { Pool } from 'pg';
import { createClioClient, type ClioClient } from '../clients/clio/client.js';
import type { Pacer } from '../clients/pacer.js';
import { createNote, findNote } from '../clients/clio/notes.js';
import { createContact, createMatter, practiceAreaId, recordCarries } from '../clients/clio/records.js';
import { findByReference, type ParentType } from '../clients/clio/reference-field.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import { goesTo, type RequestOf, type WriteRequest } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import { createConflictCheck } from './clio-conflicts.js';
import { forgetReferenceFields, referenceFieldId, type FirmInClio } from './clio-fields.js';
import type { ConflictActivities, WriteActivities } from './contracts.js';
import type { WriteAdapter } from './make-once.js';
import { createPerformWrite } from './perform-write.js';
import type { GateDeps } from './write-gate.js';
import { createPacer } from './write-pace.js';
import { clioTokens, type ClioTokenDeps } from './clio-tokens.js';
import type { SecretBox } from './vendor-tokens.js';

export interface ClioDeps {
  pool: Pool;
  box: SecretBox;
  logger: Logger;
  places: ClioTokenDeps['places'];
  gate: GateDeps;
  /** Longest wait for one answer, milliseconds. */
  timeoutMs: number;
  /** Pause before a second look-up, milliseconds. */
  settleMs: number;
}

export function createClioActivities(deps: ClioDeps): WriteActivities & ConflictActivities {
  const open = (tenantId: TenantId, signal: AbortSignal, pacer?: Pacer): Promise<FirmInClio> =>
    openFirm(deps, tenantId, signal, pacer ?? pacerOf(deps, tenantId, signal));
  return {
    performWrite: createPerformWrite({
      pool: deps.pool,
      box: deps.box,
      logger: deps.logger,
      gate: deps.gate,
      settleMs: deps.settleMs,
      adapterFor: async (request, signal, pacer) =>
        adapterFor(forClio(request), await open(request.tenantId, signal, pacer)),
    }),
    checkConflicts: createConflictCheck({ logger: deps.logger, open }),
  };
}

/** For work that is no write and has taken no slot: the conflict check. */
function pacerOf(deps: ClioDeps, tenantId: TenantId, signal: AbortSignal): Pacer {
  const { pool, logger, gate } = deps;
  const { nowMs } = gate;
  const place = { pool, logger, tenantId, system: 'clio', signal, nowMs, taken: undefined } as const;
  return createPacer({ ...gate.paces.clio, ...place });
}

async function openFirm(
  deps: ClioDeps,
  tenantId: TenantId,
  signal: AbortSignal,
  pacer: Pacer,
): Promise<FirmInClio> {
  const { pool, timeoutMs } = deps;
  const { connection, tokens } = await clioTokens(deps, tenantId, signal);
  const clio = createClioClient({ baseUrl: connection.baseUrl, tokens, timeoutMs, signal, pacer });
  return { pool, tenantId, clio, settings: connection.settings };
}

function forClio(request: WriteRequest): RequestOf<'clio'> {
  if (goesTo('clio', request)) return request;
  throw new OutsideError('internal', `${request.operation} arrived on Clio’s queue`);
}

async function adapterFor(request: RequestOf<'clio'>, firm: FirmInClio): Promise<WriteAdapter> {
  const { clio } = firm;
  switch (request.operation) {
    case 'clio.contact.create':
      return referenced(request.key, firm, 'Contact', (fieldId) =>
        createContact(clio, request.payload, fieldId, request.key),
      );
    case 'clio.matter.create':
      return referenced(request.key, firm, 'Matter', async (fieldId) => {
        const { practiceArea } = request.payload;
        const areaId = practiceArea && (await practiceAreaId(clio, practiceArea));
        return createMatter(clio, request.payload, areaId, fieldId, request.key);
      });
    case 'clio.note.create':
      return noteAdapter(clio, request.payload, request.key);
  }
}

/** Contacts and matters: found and recognised by our custom field. */
async function referenced(
  key: string,
  firm: FirmInClio,
  parent: ParentType,
  create: (fieldId: number) => Promise<{ id: number; referenced: boolean }>,
): Promise<WriteAdapter> {
  const resource = parent === 'Contact' ? 'contacts' : 'matters';
  const fieldId = await referenceFieldId(firm, parent);
  return {
    find: async () => landed(await findByReference(firm.clio, resource, fieldId, key)),
    create: async () => {
      const made = await create(fieldId);
      // The field is gone in Clio: the next write makes a new one instead of losing its reference too.
      if (!made.referenced) await forgetReferenceFields(firm);
      return { externalId: String(made.id), referenced: made.referenced };
    },
    carriesReference: (id) => recordCarries(firm.clio, resource, id, fieldId, key),
  };
}

function noteAdapter(
  clio: ClioClient,
  payload: Extract<WriteRequest, { operation: 'clio.note.create' }>['payload'],
  key: string,
): WriteAdapter {
  return {
    find: async () => landed(await findNote(clio, payload, key)),
    create: async () => {
      const { id, referenced: carried } = await createNote(clio, payload, key);
      return { externalId: String(id), referenced: carried };
    },
    carriesReference: async (id) => String(await findNote(clio, payload, key)) === id,
  };
}

const landed = (id: number | undefined) => (id === undefined ? undefined : { externalId: String(id) });
