import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { appendAudit } from '../../../db/audit.js';
import { ErrorClassName, SystemName } from '../../../db/dead-letter-filter.js';
import { changeIssue, type IssueRow, listIssues } from '../../../db/issues.js';
import { withTenant } from '../../../db/tenant.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import type { DeadLetterDeps } from './deps.js';
import { Reason } from './shapes.js';

const IssueState = z.enum(['open', 'acknowledged', 'resolved', 'regressed']);

const Issue = z
  .object({
    fingerprint: z.string(),
    system: SystemName,
    operation: z.string(),
    error_class: ErrorClassName,
    pattern: z.string().describe('The message, with ids and numbers as #.'),
    state: IssueState.describe('regressed: resolved once, and it came back.'),
    owner: z.string().nullable(),
    first_seen: z.iso.datetime(),
    last_seen: z.iso.datetime(),
    parked: z.int().describe('Writes parked with it now; list them with `fingerprint`.'),
  })
  .meta({ id: 'Issue' });

const ChangeBody = z.strictObject({
  state: IssueState.exclude(['regressed']).optional(),
  owner: z.string().trim().min(1).max(200).nullable().optional().describe('Who cares for it; null: nobody.'),
  reason: Reason,
});

/** Failures grouped by what they have in common. */
export function issueRoutes(app: App, deps: DeadLetterDeps): void {
  listRoute(app, deps);
  changeRoute(app, deps);
}

function listRoute(app: App, { pool }: DeadLetterDeps): void {
  app.get(
    '/dlq/issues',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags: ['Dead letters'],
        summary: 'Failures grouped by fingerprint',
        querystring: z.object({
          state: IssueState.optional(),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: {
          200: z.object({ issues: z.array(Issue) }).describe('Those with the most parked writes first.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const { state, limit } = request.query;
      const states = state && [state];
      const issues = await withTenant(pool, tenantId, (scope) =>
        listIssues(scope, tenantId, { states, limit }),
      );
      return { issues: issues.map(issueBody) };
    },
  );
}

function changeRoute(app: App, { pool }: DeadLetterDeps): void {
  app.patch(
    '/dlq/issues/:fingerprint',
    {
      config: { permission: 'issues:change' },
      schema: {
        tags: ['Dead letters'],
        summary: 'Give an issue an owner or another state',
        params: z.object({ fingerprint: z.string().max(64) }),
        body: ChangeBody,
        response: { 200: Issue.describe('The issue as it is now.'), ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { fingerprint } = request.params;
      const { state, owner, reason } = request.body;
      if (state === undefined && owner === undefined)
        throw new ProblemError('validation', 'Send `state`, `owner` or both.');
      const changed = await withTenant(pool, tenantId, async (scope) => {
        const issue = await changeIssue(scope, tenantId, fingerprint, { state, owner });
        if (issue)
          await appendAudit(scope, {
            ...{ tenantId, actor, reason },
            eventId: `issue/${fingerprint}/${randomUUID()}`,
            atMs: Date.now(),
            action: 'issue.change',
            subject: `issue:${fingerprint}`,
            details: { ...(state && { state }), ...(owner !== undefined && { owner }) },
          });
        return issue;
      });
      if (!changed) throw new ProblemError('not_found', 'There is no such issue.');
      return issueBody(changed);
    },
  );
}

const issueBody = (issue: IssueRow): z.infer<typeof Issue> => ({
  fingerprint: issue.fingerprint,
  system: issue.system,
  operation: issue.operation,
  error_class: issue.errorClass,
  pattern: issue.pattern,
  state: issue.state,
  owner: issue.owner,
  first_seen: issue.firstSeen.toISOString(),
  last_seen: issue.lastSeen.toISOString(),
  parked: issue.parked,
});
