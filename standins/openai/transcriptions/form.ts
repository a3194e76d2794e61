import { z } from 'zod';
import { ApiError, parseRequest } from '../envelope.js';
import { assertModel } from '../models.js';

const Fields = z.looseObject({
  model: z.string(),
  language: z.string().optional(),
  prompt: z.string().optional(),
  response_format: z.enum(['json', 'text', 'verbose_json']).default('json'),
  stream: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});
export type TranscriptionRequest = z.output<typeof Fields> & { file: Buffer };

const EXTENSIONS = /\.(flac|mp3|mp4|mpeg|mpga|m4a|ogg|wav|webm)$/i;
const MAX_FILE_BYTES = 25 * 1024 * 1024;

/**
 * Reads a multipart upload.
 * @throws ApiError 400 (no file, unknown extension, a format the model has not), 404 unknown model, 413 too large.
 */
export async function parseTranscriptionForm(
  body: Buffer,
  contentType: string,
): Promise<TranscriptionRequest> {
  const upload = new Response(Uint8Array.from(body), { headers: { 'content-type': contentType } });
  // Deprecated for holding the whole upload in memory, which the body limit bounds and a stand-in may do.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const form = await upload.formData().catch(() => undefined);
  if (!form) throw new ApiError(400, 'Could not parse multipart form.');
  const file = form.get('file');
  if (!(file instanceof Blob)) throw new ApiError(400, 'Missing required file.', 'file');
  if (!('name' in file) || !EXTENSIONS.test(file.name)) {
    throw new ApiError(400, 'Unrecognized file format.', 'file', 'unsupported_value');
  }
  if (file.size > MAX_FILE_BYTES) throw new ApiError(413, 'Maximum content size limit exceeded.', 'file');
  const fields = parseFields(form);
  return { ...fields, file: Buffer.from(await file.arrayBuffer()) };
}

function parseFields(form: FormData): z.output<typeof Fields> {
  const texts = [...form.entries()].filter(([, value]) => typeof value === 'string');
  const fields = parseRequest(Fields, Object.fromEntries(texts));
  const { model, response_format: format, stream } = fields;
  assertModel(model, 'transcription');
  const whisper = model === 'whisper-1';
  if (format === 'verbose_json' && !whisper) {
    throw new ApiError(
      400,
      `response_format 'verbose_json' is not compatible with model '${model}'.`,
      'response_format',
      'unsupported_value',
    );
  }
  if (stream && whisper) throw new ApiError(400, 'whisper-1 does not support streaming.', 'stream');
  return fields;
}
