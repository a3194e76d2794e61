import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { App } from '../../src/api/app-types.js';
import { testApp } from './support/app.js';

interface Operation {
  tags?: string[];
  summary?: string;
  security?: unknown[];
  responses: Record<string, { description?: string; content?: Record<string, unknown> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  tags: { name: string }[];
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

let app: App;
let document: Document;
beforeAll(async () => {
  app = await testApp();
  document = (await app.inject('/docs/json')).json();
});
afterAll(() => app.close());

test('the document is valid OpenAPI 3.1', async () => {
  const whole = (await app.inject('/docs/json')).json<Record<string, unknown>>();
  const result = await new Validator().validate(whole);
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
});

test('every address of the first cut is in it', () => {
  const first = [
    '/api/v1/calls',
    '/api/v1/calls/{id}',
    '/api/v1/calls/{id}/recording',
    '/api/v1/dlq/breakers',
    '/api/v1/dlq/list',
    '/api/v1/dlq/retry',
    '/api/v1/dlq/stats',
    '/api/v1/intakes/{id}',
    '/api/v1/monitoring/performance',
    '/api/v1/monitoring/sla-compliance',
    '/api/v1/voice/session',
    '/api/v1/voice/stream',
    '/api/v1/voice/twilio',
    '/api/v1/voice/twilio/after/{tenantId}/{callId}',
    '/api/v1/voice/twilio/incoming/{tenantId}',
    '/docs/problems/{code}',
    '/health',
    '/livez',
    '/readyz',
    '/v1/realtime',
  ];
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(first));
});

test('every operation says what it does, where it belongs, who may call it and how it fails', () => {
  const tags = document.tags.map((tag) => tag.name);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const operation of Object.values(methods)) {
      expect([path, operation.summary]).toEqual([path, expect.stringMatching(/\w{3}/)]);
      expect(tags).toEqual(expect.arrayContaining(operation.tags ?? ['none']));
      const admission = path.includes('/twilio/')
        ? [{ twilioSignature: [] }]
        : /\/webhooks\/(clio|lawpay)/.test(path)
          ? [{ pathSecret: [] }]
          : [];
      const isSocket = operation.summary?.endsWith('as a WebSocket');
      const byToken = path.startsWith('/api/') && admission.length === 0 && !isSocket;
      expect([path, operation.security]).toEqual([path, byToken ? undefined : admission]);
      const failures = ['4XX', '5XX'].map((status) =>
        Object.keys(operation.responses[status]?.content ?? {}),
      );
      expect([path, ...failures]).toEqual([path, ['application/problem+json'], ['application/problem+json']]);
      for (const response of Object.values(operation.responses)) expect(response.description).toBeTruthy();
    }
  }
  expect(document.components.schemas).toHaveProperty('Problem');
  expect(document.components.securitySchemes).toHaveProperty('bearer');
});

test.each(['/v1/realtime', '/api/v1/voice/stream', '/api/v1/voice/twilio'])(
  'a reader who opens %s without an upgrade is told that it speaks WebSocket',
  async (path) => {
    const answer = await app.inject(path);
    expect(answer.statusCode).toBe(426);
    expect(answer.headers.upgrade).toBe('websocket');
    expect(answer.json()).toMatchObject({ code: 'upgrade_required' });
  },
);

test('the page for people is served', async () => {
  const page = await app.inject('/docs/');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toContain('text/html');
});
