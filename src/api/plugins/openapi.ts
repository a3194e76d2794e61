import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { createJsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { App } from '../app-types.js';
import { Problem, ProblemError, problems, type ProblemCode } from '../problems.js';

/** The document's sections, in reading order. */
const tags = [
  { name: 'Calls', description: 'Open a call, and see which calls there were.' },
  {
    name: 'Intakes',
    description: 'What a call left behind: the record and the writes in the firm’s systems.',
  },
  { name: 'Webhooks', description: 'Where the firm is told of what happens: signed events, REST hooks.' },
  { name: 'Dead letters', description: 'Writes that wait for a person, and the decision to try them again.' },
  {
    name: 'Redrive',
    description: 'Jobs that retry many parked writes, at a rate that can be changed while they run.',
  },
  {
    name: 'Payments',
    description: 'What a firm settles about money, and whether its ledger agrees with LawPay’s.',
  },
  { name: 'Connections', description: 'Outside systems of the firm: connecting them and letting them go.' },
  { name: 'Audit', description: 'Who decided what, when and why: append-only and hash-chained.' },
  { name: 'Monitoring', description: 'Latency by stage and compliance with the SLA, from stored samples.' },
  { name: 'Operations', description: 'Probes and details for operators; no token needed.' },
];

const about = `HERMES answers a law firm's telephone. This is the API of one edge process.

Every answer carries \`x-correlation-id\`; send your own (8–64 of \`0-9A-Za-z._-\`) to find a request in the logs.
Failures are [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem details with a \`code\` for programs and an
\`action\` for people. Lists are paged by opaque cursors: pass \`next_cursor\` back as \`cursor\`.`;

/** Generates the OpenAPI document from the routes' schemas; page at /docs, document at /docs/json. */
export async function addOpenApi(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'HERMES API',
        version,
        description: about,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags,
      security: [{ bearer: [] }],
      components: {
        securitySchemes: {
          twilioSignature: {
            type: 'apiKey',
            in: 'header',
            name: 'X-Twilio-Signature',
            description: 'Signature of the request under the auth token of the Twilio account.',
          },
          pathSecret: {
            type: 'apiKey',
            in: 'query',
            name: 'secret',
            description: 'A secret in the path of the address, which only the sender was given.',
          },
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              'RS256 token with the claims `sub`, `tenant_id` and `roles` (ADMIN, ATTORNEY, STAFF, READ_ONLY).',
          },
        },
      },
    },
    transform: createJsonSchemaTransform({ skipList: [] }),
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  addProblemPages(app);
}

/** The `type` of a problem is an address that explains it. */
function addProblemPages(app: App): void {
  app.get(
    '/docs/problems/:code',
    {
      schema: {
        tags: ['Operations'],
        summary: 'What a problem code means',
        security: [],
        params: z.object({
          code: z
            .string()
            .max(64)
            .meta({ examples: ['not_found'] }),
        }),
        response: {
          200: z
            .object({ code: z.string(), status: z.int(), title: z.string(), action: z.string() })
            .describe('Meaning of the code.'),
          ...problemAnswers,
        },
      },
    },
    (request) => {
      const { code } = request.params;
      if (!Object.hasOwn(problems, code)) throw new ProblemError('not_found');
      return { code, ...problems[code as ProblemCode] };
    },
  );
}

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

/** The failing answers every route may give. */
export const problemAnswers = {
  '4xx': problemAnswer('The request was refused; `code` and `action` say why and what to do.'),
  '5xx': problemAnswer('The service could not answer; `action` says what to do.'),
};
