/**
 * A bucket of an S3-compatible store, named in the path: objects put whole or in parts, read, deleted. Every request must be
 * signed, and the signature is checked. The ledger tells objects by key, length and hash.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StandinDefinition, StandinKit } from '../kit/standin.js';
import { S3Settings } from './settings.js';
import { refusalOf } from './sigv4.js';
import { etagOf, Uploads } from './uploads.js';

const MOST_BYTES = 256 * 1_048_576;
const NOTHING = Buffer.alloc(0);

const errorXml = (code: string, message = code): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
const refuse = (reply: FastifyReply, status: number, code: string): FastifyReply =>
  reply.code(status).type('application/xml').send(errorXml(code));
const xml = (reply: FastifyReply, name: string, inner: string): FastifyReply =>
  reply.type('application/xml').send(`<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${inner}</${name}>`);
const bodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : NOTHING);

interface Asked {
  bucket: string;
  /** Empty for the bucket itself. */
  key: string;
  upload: string | undefined;
  part: number | undefined;
  /** `?uploads`: begins one, or lists those under way whose keys begin with `prefix`. */
  uploads: boolean;
  prefix: string;
}

function askedFor(request: FastifyRequest): Asked {
  const { searchParams, pathname } = new URL(request.url, 'http://s3');
  const part = searchParams.get('partNumber');
  const names = pathname.split('/').slice(1).map(decodeURIComponent);
  const [bucket = ''] = names.splice(0, 1);
  return {
    bucket,
    key: names.join('/'),
    prefix: searchParams.get('prefix') ?? '',
    upload: searchParams.get('uploadId') ?? undefined,
    part: part === null ? undefined : Number(part),
    uploads: searchParams.has('uploads'),
  };
}

/** Objects of the bucket. */
class Bucket {
  readonly objects = new Map<string, Buffer>();
  readonly uploads = new Uploads();
  readonly #kit: StandinKit<S3Settings>;

  constructor(kit: StandinKit<S3Settings>) {
    this.#kit = kit;
    kit.onReset(() => {
      this.objects.clear();
      this.uploads.clear();
    });
  }

  keep(key: string, bytes: Buffer): void {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const action = this.objects.has(key) ? 'updated' : 'created';
    this.objects.set(key, bytes);
    this.#kit.ledger.record('object', key, action, { key, bytes: bytes.length, sha256 });
  }

  remove(key: string): void {
    if (this.objects.delete(key)) this.#kit.ledger.record('object', key, 'deleted', { key });
  }
}

/** The stand-in for S3. */
export const s3Standin: StandinDefinition<typeof S3Settings> = {
  name: 's3',
  settings: S3Settings,
  errorBody: (_status, message) => errorXml('InternalError', message),
  register(app, kit) {
    const bucket = new Bucket(kit);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    app.addHook('preHandler', async (request, reply) => {
      const { method, url, headers } = request;
      const refusal = refusalOf(
        { method, url, headers, body: bodyOf(request) },
        kit.settings,
        kit.clock.nowMs(),
      );
      if (refusal) return refuse(reply, refusal === 'XAmzContentSHA256Mismatch' ? 400 : 403, refusal);
      if (askedFor(request).bucket !== kit.settings.bucket) return refuse(reply, 404, 'NoSuchBucket');
    });
    objectRoutes(app, bucket);
    uploadRoutes(app, bucket, kit.settings);
  },
};

function objectRoutes(app: FastifyInstance, bucket: Bucket): void {
  app.get('/*', (request, reply) => {
    const { key, uploads, prefix } = askedFor(request);
    if (key === '' && uploads)
      return xml(reply, 'ListMultipartUploadsResult', listed(bucket.uploads, prefix));
    const bytes = bucket.objects.get(key);
    return bytes ? reply.type('application/octet-stream').send(bytes) : refuse(reply, 404, 'NoSuchKey');
  });
  app.put('/*', (request, reply) => {
    const { key, upload, part } = askedFor(request);
    const bytes = bodyOf(request);
    if (upload === undefined || part === undefined) bucket.keep(key, bytes);
    else if (!bucket.uploads.add(upload, key, part, bytes)) return refuse(reply, 404, 'NoSuchUpload');
    return reply.header('etag', etagOf(bytes)).send();
  });
  app.delete('/*', (request, reply) => {
    const { key, upload } = askedFor(request);
    if (upload === undefined) bucket.remove(key);
    else if (!bucket.uploads.drop(upload)) return refuse(reply, 404, 'NoSuchUpload');
    return reply.code(204).send();
  });
}

const listed = (uploads: Uploads, prefix: string): string =>
  uploads
    .list(prefix)
    .map(({ id, key }) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`)
    .join('');

function uploadRoutes(app: FastifyInstance, bucket: Bucket, settings: S3Settings): void {
  app.post('/*', (request, reply) => {
    const { key, upload, uploads } = askedFor(request);
    if (uploads)
      return xml(
        reply,
        'InitiateMultipartUploadResult',
        `<Key>${key}</Key><UploadId>${bucket.uploads.begin(key)}</UploadId>`,
      );
    if (upload === undefined) return refuse(reply, 400, 'InvalidRequest');
    if (settings.joinFails) return reply.type('application/xml').send(errorXml('InternalError'));
    const whole = bucket.uploads.end(upload, key, bodyOf(request).toString('utf8'), settings.leastPartBytes);
    if (typeof whole === 'string') return refuse(reply, whole === 'NoSuchUpload' ? 404 : 400, whole);
    bucket.keep(key, whole);
    return xml(reply, 'CompleteMultipartUploadResult', `<Key>${key}</Key><ETag>${etagOf(whole)}</ETag>`);
  });
}
