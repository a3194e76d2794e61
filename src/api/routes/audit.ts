import type { Pool } from 'pg';
import { z } from 'zod';
import { readAudit } from '../../db/audit.js';
import { withTenant } from '../../db/tenant.js';
import type { App } from '../app-types.js';
import { identityOf } from '../plugins/auth.js';
import { problemAnswers } from '../plugins/openapi.js';

export interface AuditDeps {
  pool: Pool;
}

/** A whole firm-year of decisions is some thousands: a few pages. */
const MAX_ROWS = 500;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One row as it was hashed, so that whoever reads it can check the chain. */
export const AuditEvent = z
  .object({
    seq: z.int().positive(),
    event_id: z.string(),
    at: z.iso.datetime(),
    actor: z.string(),
    action: z.string().meta({ examples: ['write.retry'] }),
    subject: z.string(),
    reason: z.string(),
    details: z.record(z.string(), z.unknown()),
    sealed_sha256: sha256
      .nullable()
      .describe('Hash of what only the firm may read; null when there is none.'),
    prev_hash: sha256,
    hash: sha256.describe('SHA-256 of the previous hash and this row as canonical JSON.'),
  })
  .meta({ id: 'AuditEvent' });

const AuditPage = z
  .object({
    tenant_id: z.string(),
    events: z.array(AuditEvent),
    next_after_seq: z.int().nullable().describe('Pass it as `after_seq`; null at the end.'),
  })
  .describe('Decisions in the order they were written.');

/** The audit log of the firm, for `npm run verify-audit` and for auditors of their own. */
export function auditRoutes(app: App, { pool }: AuditDeps): void {
  app.get(
    '/audit',
    {
      config: { permission: 'audit:read' },
      schema: {
        tags: ['Audit'],
        summary: 'The audit log',
        querystring: z.object({
          after_seq: z.coerce.number().int().min(0).default(0),
          limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(MAX_ROWS),
        }),
        response: { 200: AuditPage, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const { after_seq: afterSeq, limit } = request.query;
      const rows = await withTenant(pool, tenantId, (scope) =>
        readAudit(scope, tenantId, { afterSeq, limit }),
      );
      return {
        tenant_id: tenantId,
        events: rows.map((row) => ({
          seq: row.seq,
          event_id: row.eventId,
          at: row.at.toISOString(),
          actor: row.actor,
          action: row.action,
          subject: row.subject,
          reason: row.reason,
          details: row.details,
          sealed_sha256: row.sealedSha256,
          prev_hash: row.prevHash,
          hash: row.hash,
        })),
        next_after_seq: rows.length === limit ? (rows.at(-1)?.seq ?? null) : null,
      };
    },
  );
}
