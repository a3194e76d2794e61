/**
 * The codec server: opens what workflows sealed for people who look at Temporal UI or use its command line, and seals
 * what they enter there. This is where privileged content leaves its encryption, so every answer is for one firm, within
 * a pace, and written to the audit log before it is given.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import type { FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { z } from 'zod';
import { PayloadDamagedError, PayloadKeyMissingError } from '../../../codec/errors.js';
import { type Label, labelOf, open, seal, SHARED } from '../../../codec/sealed-payload.js';
import { appendAudit } from '../../../db/audit.js';
import { withTenant } from '../../../db/tenant.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import type { CodecDeps } from './deps.js';
import { jsonOf, payloadsOf, PayloadsJson } from './payload-json.js';

/** Temporal's payload limit is 2 MB, its message limit 4 MB; base64 adds a third. */
const BODY_LIMIT_BYTES = 6 * 1_024 * 1_024;
const Headers = z.object({
  'x-namespace': z.string().max(255).optional().describe('Namespace the payloads come from.'),
});
const schema = {
  tags: ['Operations'],
  headers: Headers,
  body: PayloadsJson,
  response: { 200: PayloadsJson, ...problemAnswers },
};

/** Adds POST /decode and /encode; comes after `addAuth`. */
export function codecRoutes(app: App, { pool, codec }: CodecDeps): void {
  const serve = (request: FastifyRequest<{ Headers: z.infer<typeof Headers> }>): void => {
    const asked = request.headers['x-namespace'];
    if (asked !== undefined && asked !== codec.namespace)
      throw new ProblemError('bad_request', `This codec server serves the namespace ${codec.namespace}.`);
  };
  app.post(
    '/decode',
    {
      bodyLimit: BODY_LIMIT_BYTES,
      config: { permission: 'payloads:decode' },
      schema: {
        ...schema,
        summary: 'Open sealed payloads',
        description:
          'Temporal’s codec protocol. Payloads of your firm are opened; those of no firm, and those in clear, come back as they are; one of another firm refuses the request. Noted in the audit log.',
      },
    },
    async (request) => {
      serve(request);
      const payloads = payloadsOf(request.body);
      const labels = readable(() => payloads.map(labelOf));
      await audit(pool, request, payloads, labels);
      const { tenantId } = identityOf(request);
      const opened = payloads.map((payload, i) => {
        const label = labels[i];
        return label?.tenant === tenantId ? readable(() => open(codec.ring, payload, label)) : payload;
      });
      return jsonOf(opened);
    },
  );
  app.post(
    '/encode',
    {
      bodyLimit: BODY_LIMIT_BYTES,
      config: { permission: 'payloads:encode' },
      schema: {
        ...schema,
        summary: 'Seal payloads',
        description: 'Temporal’s codec protocol: seals what a person enters, for their firm.',
      },
    },
    (request) => {
      serve(request);
      const { tenantId } = identityOf(request);
      const sealed = payloadsOf(request.body).map((payload) =>
        readable(() => (labelOf(payload) ? payload : seal(codec.ring, payload, tenantId))),
      );
      return jsonOf(sealed);
    },
  );
}

/**
 * Notes who asked for what, before anything is opened: without the log there is no answer.
 * @throws ProblemError `forbidden` when a payload belongs to another firm, which is noted too.
 */
async function audit(
  pool: Pool,
  request: FastifyRequest,
  payloads: readonly Payload[],
  labels: readonly (Label | undefined)[],
): Promise<void> {
  const { tenantId, subject: actor } = identityOf(request);
  const foreign = labels.filter((label) => label && label.tenant !== tenantId && label.tenant !== SHARED);
  const own = labels.filter((label) => label?.tenant === tenantId);
  if (own.length + foreign.length === 0) return;
  const digest = createHash('sha256');
  for (const { data } of payloads) digest.update(data ?? '');
  const keyIds = [...new Set(own.map((label) => label?.keyId))];
  await withTenant(pool, tenantId, (scope) =>
    appendAudit(scope, {
      tenantId,
      // Not the correlation id, which the asker may choose: a repeated one would not be written.
      eventId: `codec:${randomUUID()}`,
      atMs: Date.now(),
      actor,
      action: foreign.length > 0 ? 'payloads.refuse' : 'payloads.decode',
      subject: 'temporal payloads',
      reason: 'asked the codec server',
      details: { own: own.length, foreign: foreign.length, keyIds, sha256: digest.digest('hex') },
    }),
  );
  if (foreign.length > 0) throw new ProblemError('forbidden', 'A payload belongs to another firm.');
}

/** @throws ProblemError `payload_unreadable` for what the codec cannot read. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof PayloadKeyMissingError || cause instanceof PayloadDamagedError)
      throw new ProblemError('payload_unreadable', cause.message, undefined, { cause });
    throw cause;
  }
}
