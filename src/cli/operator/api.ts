import { z } from 'zod';
import type { ChainedRow } from '../../db/audit-chain.js';
import { createAsk, nullWhenMissing } from './ask.js';

const Session = z.object({
  session_id: z.string(),
  token: z.string(),
  urls: z.object({ native: z.string() }),
});
const Write = z.object({
  workflow_id: z.string(),
  operation: z.string(),
  state: z.string(),
  attempts: z.number(),
  error_class: z.string().nullable(),
  external_id: z.string().nullable(),
  url: z.string().nullable(),
});
const Intake = z.object({
  phase: z.string(),
  record: z.object({ disposition: z.string(), conflict: z.object({ result: z.string() }) }).loose(),
  writes: z.array(Write),
  temporal_url: z.string().nullable(),
});
export type IntakeView = z.infer<typeof Intake>;
const DeadLetter = z.object({
  message_id: z.string(),
  call_id: z.string().nullable(),
  operation: z.string(),
  priority: z.string(),
  error_class: z.string().nullable(),
  attempts: z.number(),
  parked_at: z.string(),
  temporal_url: z.string().nullable(),
});
export type DeadLetterView = z.infer<typeof DeadLetter>;
const DeadLetters = z.object({ messages: z.array(DeadLetter), next_cursor: z.string().nullable() });
const Retried = z.object({
  results: z.array(z.object({ message_id: z.string(), result: z.string(), detail: z.string().optional() })),
});
const Performance = z.object({
  turns: z.number(),
  errors: z.number(),
  stages: z.array(
    z.object({
      stage: z.string(),
      count: z.number(),
      p50_ms: z.number().nullable(),
      p95_ms: z.number().nullable(),
      p99_ms: z.number().nullable(),
    }),
  ),
});
const Sla = z.object({
  verdict: z.string(),
  missed: z.array(z.string()),
  samples: z.number(),
  share_under_p95_target: z.number().nullable(),
  share_under_p99_target: z.number().nullable(),
  p95_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
  error_share: z.number().nullable(),
});
const AuditPage = z.object({
  tenant_id: z.string(),
  events: z.array(
    z.object({
      seq: z.number(),
      event_id: z.string(),
      at: z.string(),
      actor: z.string(),
      action: z.string(),
      subject: z.string(),
      reason: z.string(),
      details: z.record(z.string(), z.unknown()),
      sealed_sha256: z.string().nullable(),
      prev_hash: z.string(),
      hash: z.string(),
    }),
  ),
  next_after_seq: z.number().nullable(),
});
export type PerformanceView = z.infer<typeof Performance>;
export type SlaView = z.infer<typeof Sla>;

/** The HTTP API as a person at a terminal uses it. Every method rejects with ApiRefusal when the API says no. */
export interface OperatorApi {
  startSession(): Promise<z.infer<typeof Session>>;
  /** The intake of a call; null until the call is over and its record is made. */
  intake(callId: string): Promise<IntakeView | null>;
  /** Every parked write, all pages; `filter` narrows as the query of GET /dlq/list does. */
  deadLetters(filter?: Readonly<Record<string, string>>): Promise<DeadLetterView[]>;
  retry(messageIds: readonly string[], reason: string): Promise<z.infer<typeof Retried>['results']>;
  /** The firm's audit log from its first row, page by page. */
  audit(): AsyncIterable<ChainedRow[]>;
  performance(): Promise<PerformanceView>;
  sla(): Promise<SlaView>;
}

/**
 * @param baseUrl origin of the edge, e.g. `http://127.0.0.1:8080`.
 * @param token API token (JWT).
 */
export function createOperatorApi(baseUrl: string, token: string): OperatorApi {
  const ask = createAsk(baseUrl, token);
  return {
    startSession: () => ask(Session, '/voice/session', {}),
    intake: (callId) => ask(Intake, `/intakes/${callId}`).catch(nullWhenMissing),
    deadLetters: (filter = {}) => {
      const query = new URLSearchParams({ limit: '100', ...filter }).toString();
      return allPages((cursor) => ask(DeadLetters, `/dlq/list?${query}${cursor}`));
    },
    retry: async (messageIds, reason) =>
      (await ask(Retried, '/dlq/retry', { message_ids: messageIds, reason })).results,
    audit: () => auditPages((afterSeq) => ask(AuditPage, `/audit?after_seq=${afterSeq}`)),
    performance: () => ask(Performance, '/monitoring/performance?window=1h'),
    sla: () => ask(Sla, '/monitoring/sla-compliance?window=1h'),
  };
}

async function allPages(
  page: (cursor: string) => Promise<z.infer<typeof DeadLetters>>,
): Promise<DeadLetterView[]> {
  const found: DeadLetterView[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { messages, next_cursor } = await page(
      cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`,
    );
    found.push(...messages);
    cursor = next_cursor;
  }
  return found;
}

async function* auditPages(
  page: (afterSeq: number) => Promise<z.infer<typeof AuditPage>>,
): AsyncIterable<ChainedRow[]> {
  let afterSeq: number | null = 0;
  while (afterSeq !== null) {
    const { tenant_id: tenantId, events, next_after_seq } = await page(afterSeq);
    yield events.map(({ event_id: eventId, at, sealed_sha256, prev_hash: prevHash, ...same }) => ({
      ...same,
      tenantId,
      eventId,
      at: new Date(at),
      sealedSha256: sealed_sha256,
      prevHash,
    }));
    afterSeq = next_after_seq;
  }
}
