import type { FastifyInstance } from 'fastify';
import type { StandinKit } from '../kit/standin.js';
import type { Firm } from './firm.js';
import { putHeaders } from './resources/documents.js';
import type { ClioSettings } from './settings.js';

/** The object store behind Clio's documents: takes bytes at a signed address, with exactly the headers that were named. */
export function storageRoutes(app: FastifyInstance, kit: StandinKit<ClioSettings>, firm: Firm): void {
  void app.register((storage, _options, done) => {
    storage.removeAllContentTypeParsers();
    storage.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    storage.put('/__storage/:uuid', (request, reply) => {
      const { uuid } = request.params as { uuid: string };
      const document = firm.documents.all().find((one) => one.uuid === uuid);
      const isNamed = putHeaders.every(({ name, value }) => request.headers[name.toLowerCase()] === value);
      const isLate = document && Date.parse(document.put_until) < kit.clock.nowMs();
      // A bearer token is none of a store's business: sent here, it would be in somebody else's logs.
      if (!document || !isNamed || isLate || request.headers.authorization !== undefined)
        return reply.code(403).send();
      firm.documents.update(document.id, { size: (request.body as Buffer).length });
      return reply.code(200).send();
    });
    done();
  });
}
