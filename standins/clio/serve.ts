import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Stored } from './collection.js';
import { ClioRefusal } from './errors.js';
import { parseFields, select, type Selection, type Shape } from './fields.js';
import { matching, type ListDeps } from './listing.js';
import { paginate } from './paging.js';
import type { Resource } from './resource.js';

const RecordParams = z.object({ id: z.string().regex(/^\d+(\.json)?$/) });
/** Puts a resource on the wire: list, read, create, change, delete, each path with and without `.json`. */
export function serve<T extends Stored>(api: FastifyInstance, deps: ListDeps, resource: Resource<T>): void {
  deps.kit.onReset(() => resource.collection.reload());
  serveReads(api, deps, resource);
  if (resource.write) serveWrites(api, deps, resource, resource.write);
}

function serveReads<T extends Stored>(api: FastifyInstance, deps: ListDeps, resource: Resource<T>): void {
  api.get(`/${resource.path}/:id`, (request, reply) => {
    const asked = selectionOf(request, resource);
    const record = recordOf(request, resource);
    stamp(reply, record);
    if (isUnchanged(request, record)) return reply.code(304).send();
    return { data: select(resource.view(record), asked) };
  });
  for (const path of [`/${resource.path}`, `/${resource.path}.json`])
    api.get(path, (request) => {
      const asked = selectionOf(request, resource);
      const url = urlOf(request);
      const page = paginate(matching(resource, deps, url), url);
      return { data: page.records.map((record) => select(resource.view(record), asked)), meta: page.meta };
    });
}

function serveWrites<T extends Stored>(
  api: FastifyInstance,
  { kit }: ListDeps,
  resource: Resource<T>,
  write: NonNullable<Resource<T>['write']>,
): void {
  const { collection } = resource;
  const one = `/${resource.path}/:id`;
  for (const path of [`/${resource.path}`, `/${resource.path}.json`])
    api.post(path, async (request, reply) => {
      const asked = selectionOf(request, resource);
      const made = collection.create(write.create(without(request.body, kit.settings.dropOnCreate)));
      await resource.written?.(made);
      const record = collection.get(made.id);
      stamp(reply, record);
      return reply.code(201).send({ data: select(resource.view(record), asked) });
    });

  api.patch(one, (request, reply) => {
    const asked = selectionOf(request, resource);
    const record = recordOf(request, resource);
    const expected = request.headers['if-match'];
    if (expected !== undefined && expected !== record.etag)
      throw new ClioRefusal('stale', 'The record was changed since it was read');
    const changed = collection.update(record.id, write.change(record, request.body));
    stamp(reply, changed);
    return { data: select(resource.view(changed), asked) };
  });

  api.delete(one, (request, reply) => {
    const record = recordOf(request, resource);
    write.mayRemove?.(record);
    collection.remove(record.id);
    return reply.code(204).send();
  });
}

/** A body as if the client had not sent these keys. */
function without(body: unknown, dropped: readonly string[]): unknown {
  const wrapped = z.object({ data: z.record(z.string(), z.unknown()) }).safeParse(body);
  if (!wrapped.success || dropped.length === 0) return body;
  const kept = Object.entries(wrapped.data.data).filter(([key]) => !dropped.includes(key));
  return { data: Object.fromEntries(kept) };
}

function selectionOf(request: FastifyRequest, { shape }: { shape: Shape }): Selection {
  return parseFields(urlOf(request).searchParams.get('fields') ?? undefined, shape);
}

function recordOf<T extends Stored>(request: FastifyRequest, { collection }: Resource<T>): T {
  const params = RecordParams.safeParse(request.params);
  if (!params.success) throw new ClioRefusal('not_found', 'Record not found');
  return collection.get(Number.parseInt(params.data.id, 10));
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
