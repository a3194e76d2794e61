import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Stored } from './collection.js';
import { ClioRefusal } from './errors.js';
import { parseFields, select } from './fields.js';
import { matching, type ListDeps } from './listing.js';
import { paginate } from './paging.js';
import type { Resource } from './resource.js';

const RecordParams = z.object({ id: z.string().regex(/^\d+(\.json)?$/) });
/** Puts a resource on the wire: list, read, create, change, delete, each path with and without `.json`. */
export function serve<T extends Stored>(api: FastifyInstance, deps: ListDeps, resource: Resource<T>): void {
  const { collection, write } = resource;
  deps.kit.onReset(() => collection.reload());
  const one = `/${resource.path}/:id`;
  const selection = (request: FastifyRequest) =>
    parseFields(urlOf(request).searchParams.get('fields') ?? undefined, resource.shape);
  const target = (request: FastifyRequest): T => {
    const params = RecordParams.safeParse(request.params);
    if (!params.success) throw new ClioRefusal('not_found', 'Record not found');
    return collection.get(Number.parseInt(params.data.id, 10));
  };

  api.get(one, (request, reply) => {
    const asked = selection(request);
    const record = target(request);
    stamp(reply, record);
    if (isUnchanged(request, record)) return reply.code(304).send();
    return { data: select(resource.view(record), asked) };
  });

  for (const path of [`/${resource.path}`, `/${resource.path}.json`]) {
    api.get(path, (request) => {
      const asked = selection(request);
      const url = urlOf(request);
      const page = paginate(matching(resource, deps, url), url);
      return { data: page.records.map((record) => select(resource.view(record), asked)), meta: page.meta };
    });
    if (write)
      api.post(path, (request, reply) => {
        const asked = selection(request);
        const record = collection.create(write.create(request.body));
        stamp(reply, record);
        return reply.code(201).send({ data: select(resource.view(record), asked) });
      });
  }
  if (!write) return;

  api.patch(one, (request, reply) => {
    const asked = selection(request);
    const record = target(request);
    const expected = request.headers['if-match'];
    if (expected !== undefined && expected !== record.etag)
      throw new ClioRefusal('stale', 'The record was changed since it was read');
    const changes = write.change(record, request.body);
    const changed = collection.update(record.id, changes);
    stamp(reply, changed);
    return { data: select(resource.view(changed), asked) };
  });

  api.delete(one, (request, reply) => {
    const record = target(request);
    write.mayRemove?.(record);
    collection.remove(record.id);
    return reply.code(204).send();
  });
}

function stamp(reply: FastifyReply, record: Stored): void {
  reply.headers({ etag: record.etag, 'last-modified': new Date(record.updated_at).toUTCString() });
}

function isUnchanged(request: FastifyRequest, record: Stored): boolean {
  const { 'if-none-match': etag, 'if-modified-since': since } = request.headers;
  if (etag !== undefined) return etag === record.etag;
  return (
    since !== undefined && Date.parse(since) >= Math.floor(Date.parse(record.updated_at) / 1_000) * 1_000
  );
}

function urlOf(request: FastifyRequest): URL {
  return new URL(request.url, `${request.protocol}://${request.host}`);
}
