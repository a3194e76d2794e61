import { z } from 'zod';
import { ErrorClassName, SystemName } from '../../../db/dead-letter-filter.js';
import { findRedrive, listRedrives, previewRedrive } from '../../../db/redrive.js';
import { itemsByState, listItems, redriveItemStates } from '../../../db/redrive-items.js';
import { withTenant } from '../../../db/tenant.js';
import { redriveWorkflowId } from '../../../domain/ids.js';
import { Priority } from '../../../domain/writes.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import type { DeadLetterDeps } from './deps.js';
import { Canary, Filter, jobBody, JobId, paceFields, RedriveJobBody } from './redrive-shapes.js';
import { filterOf, MessageId, Reason } from './shapes.js';

const tags = ['Redrive'];
const NewJob = z.strictObject({
  name: z.string().trim().min(1).max(120).describe('What people call it; one job of a name.'),
  filter: Filter.default({}),
  rate_per_second: paceFields.rate_per_second.default(null),
  budget: paceFields.budget.default(null),
  canary: Canary.default(3),
  ramp: z.boolean().default(true).describe('Begin at one a second and double with every batch.'),
  reason: Reason,
});

export function redriveRoutes(app: App, deps: DeadLetterDeps): void {
  previewRoute(app, deps);
  createRoute(app, deps);
  readRoutes(app, deps);
  itemsRoute(app, deps);
}

function previewRoute(app: App, { pool }: DeadLetterDeps): void {
  const Preview = z.object({
    total: z.int(),
    groups: z.array(
      z.object({
        system: SystemName,
        priority: Priority,
        error_class: ErrorClassName.nullable(),
        parked: z.int(),
      }),
    ),
  });
  app.post(
    '/dlq/redrive/preview',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags,
        summary: 'What a job would try, counted by cause',
        body: z.strictObject({ filter: Filter.default({}) }),
        response: { 200: Preview.describe('Nothing is changed.'), ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const filter = filterOf(request.body.filter);
      const groups = await withTenant(pool, tenantId, (scope) => previewRedrive(scope, tenantId, filter));
      return {
        total: groups.reduce((sum, { parked }) => sum + parked, 0),
        groups: groups.map(({ errorClass, ...group }) => ({ ...group, error_class: errorClass })),
      };
    },
  );
}

function createRoute(app: App, { redrives }: DeadLetterDeps): void {
  app.post(
    '/dlq/redrive',
    {
      config: { permission: 'redrive:run' },
      schema: {
        tags,
        summary: 'Retry many parked writes',
        description: 'The target set is frozen now; a few are tried first, then the rest at the given rate.',
        body: NewJob,
        response: {
          201: z.object({ job_id: z.string(), total: z.int() }).describe('The job runs.'),
          ...problemAnswers,
        },
      },
    },
    async (request, reply) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { filter, rate_per_second: ratePerSecond, ...same } = request.body;
      const job = { ...same, tenantId, actor, ratePerSecond, filter: filterOf(filter) };
      const { jobId, total } = await redrives.start(job);
      return reply.code(201).send({ job_id: jobId, total });
    },
  );
}

function readRoutes(app: App, { pool, temporalLink }: DeadLetterDeps): void {
  app.get(
    '/dlq/redrive',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags,
        summary: 'Redrive jobs, latest first',
        response: {
          200: z.object({ jobs: z.array(RedriveJobBody) }).describe('At most a hundred.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const jobs = await withTenant(pool, tenantId, (scope) => listRedrives(scope, tenantId, 100));
      return { jobs: jobs.map((job) => jobBody(job, temporalLink(redriveWorkflowId(tenantId, job.jobId)))) };
    },
  );
  app.get(
    '/dlq/redrive/:job_id',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags,
        summary: 'One redrive job and its progress',
        params: z.object({ job_id: JobId }),
        response: { 200: RedriveJobBody.describe('Where it stands.'), ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const { job_id: jobId } = request.params;
      const found = await withTenant(pool, tenantId, async (scope) => {
        const job = await findRedrive(scope, tenantId, jobId);
        return job && { job, items: await itemsByState(scope, tenantId, jobId) };
      });
      if (!found) throw new ProblemError('not_found', 'There is no such job.');
      return jobBody(found.job, temporalLink(redriveWorkflowId(tenantId, jobId)), found.items);
    },
  );
}

function itemsRoute(app: App, { pool }: DeadLetterDeps): void {
  const Item = z.object({
    seq: z.int(),
    message_id: MessageId,
    state: z.enum(redriveItemStates),
    sent_at: z.iso.datetime().nullable().describe('When it was told to try again.'),
    settled_at: z.iso.datetime().nullable(),
  });
  app.get(
    '/dlq/redrive/:job_id/items',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags,
        summary: 'What became of each write of a job',
        params: z.object({ job_id: JobId }),
        querystring: z.object({
          state: z.enum(redriveItemStates).optional(),
          after_seq: z.coerce.number().int().min(0).default(0),
          limit: z.coerce.number().int().min(1).max(1_000).default(200),
        }),
        response: {
          200: z
            .object({ items: z.array(Item), next_after_seq: z.int().nullable() })
            .describe('In the order they are tried.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const { state, after_seq: afterSeq, limit } = request.query;
      const items = await withTenant(pool, tenantId, (scope) =>
        listItems(scope, tenantId, request.params.job_id, { states: state && [state], afterSeq, limit }),
      );
      return {
        items: items.map((item) => ({
          seq: item.seq,
          message_id: item.workflowId,
          state: item.state,
          sent_at: item.sentAt?.toISOString() ?? null,
          settled_at: item.settledAt?.toISOString() ?? null,
        })),
        next_after_seq: items.length === limit ? (items.at(-1)?.seq ?? null) : null,
      };
    },
  );
}
