import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Clock } from './clock.js';
import { FaultOrder, type Faults } from './faults.js';
import type { Ledger } from './ledger.js';

/** Settings that may be changed while the stand-in runs. */
export interface SettingsControl {
  read(): object;
  /** @throws ZodError when a value does not fit. */
  change(patch: unknown): void;
}

interface ControlDeps {
  ledger: Ledger;
  faults: Faults;
  clock: Clock;
  settings: SettingsControl;
  /** Back to the first state: no records, no faults, first settings. */
  reset(): void;
}

const LedgerQuery = z.object({ kind: z.string().optional() });
const Advance = z.strictObject({ advanceMs: z.int().positive() });
const FaultId = z.object({ id: z.string() });

/** What tests and the demo use to script the stand-in and to read what it did: everything under `/__control`. */
export function controlRoutes(deps: ControlDeps) {
  return (app: FastifyInstance, _options: object, done: () => void): void => {
    app.setErrorHandler((error, _request, reply) => {
      const bad = error instanceof z.ZodError;
      const message = error instanceof Error ? error.message : 'unreadable request';
      return reply.code(400).send({ error: bad ? z.prettifyError(error) : message });
    });

    app.get('/ledger', (request) => {
      const { kind } = LedgerQuery.parse(request.query);
      return { records: deps.ledger.records(kind), requests: deps.ledger.requests() };
    });

    app.post('/reset', (_request, reply) => {
      deps.reset();
      return reply.code(204).send();
    });

    app.get('/faults', () => ({ faults: deps.faults.list() }));
    app.post('/faults', (request, reply) =>
      reply.code(201).send(deps.faults.add(FaultOrder.parse(request.body))),
    );
    app.delete('/faults', (_request, reply) => {
      deps.faults.clear();
      return reply.code(204).send();
    });
    app.delete('/faults/:id', (request, reply) => {
      const { id } = FaultId.parse(request.params);
      if (deps.faults.remove(id)) return reply.code(204).send();
      return reply.code(404).send({ error: `no fault ${id}` });
    });

    app.get('/config', () => deps.settings.read());
    app.post('/config', (request) => {
      deps.settings.change(request.body);
      return deps.settings.read();
    });

    app.post('/clock', (request) => {
      deps.clock.advance(Advance.parse(request.body).advanceMs);
      return { nowMs: deps.clock.nowMs() };
    });
    done();
  };
}
