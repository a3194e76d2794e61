import { Readable } from 'node:stream';
import type { Pool } from 'pg';
import { z } from 'zod';
import { findCall } from '../../db/call-list.js';
import { findRecording, noteRecordingHeard, type RecordingRow } from '../../db/recordings.js';
import { CallId, type TenantId } from '../../domain/ids.js';
import { FRAME_MS } from '../../voice/ports.js';
import { RecordingError } from '../../voice/recording/format.js';
import type { Recorder } from '../../voice/recording/recorder.js';
import { STEREO_FRAME_BYTES, wavBytes } from '../../voice/recording/stereo.js';
import type { App } from '../app-types.js';
import { identityOf } from '../plugins/auth.js';
import { problemAnswers } from '../plugins/openapi.js';
import { ProblemError } from '../problems.js';

export interface RecordingRouteDeps {
  pool: Pool;
  /** Absent where recording is off. */
  recordings?: Pick<Recorder, 'read' | 'erase'> | undefined;
}

const params = z.object({ id: CallId });

/** The sound of a call, for those who may hear it. */
export function recordingRoutes(app: App, { pool, recordings }: RecordingRouteDeps): void {
  const keptHere = (): NonNullable<typeof recordings> => {
    if (recordings) return recordings;
    throw new ProblemError('recording_unavailable', 'HERMES_RECORDING is off on this edge.');
  };
  app.get(
    '/calls/:id/recording',
    {
      config: { permission: 'recordings:listen' },
      schema: {
        tags: ['Calls'],
        summary: 'The sound of a call',
        description:
          'A stereo WAV file (16 kHz, 16 bit), audio/wav: the caller left, the agent right as the caller heard it. ' +
          'It begins at the caller’s consent. Who was given it is noted.',
        params,
        response: { 200: z.unknown().describe('audio/wav'), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { tenantId, subject } = identityOf(request);
      const callId = request.params.id;
      const pcmBytes = soundBytes(await recordingOf(pool, tenantId, callId));
      const gone = new AbortController();
      const pieces = await openSound(keptHere(), { tenantId, callId }, gone.signal, pcmBytes);
      await noteRecordingHeard(pool, tenantId, callId, subject);
      reply.raw.once('close', () => gone.abort(new Error('the listener is gone')));
      return reply
        .header('content-type', 'audio/wav')
        .header('content-length', wavBytes(pcmBytes))
        .header('content-disposition', `attachment; filename="${callId}.wav"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(pieces, { objectMode: false }));
    },
  );
  app.delete(
    '/calls/:id/recording',
    {
      config: { permission: 'recordings:delete' },
      schema: {
        tags: ['Calls'],
        summary: 'Delete the sound of a call, for good',
        description: 'That it was deleted, when and by whom stays known. Deleting it again changes nothing.',
        params,
        response: { 204: z.null().describe('Nothing of it is kept any more.'), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { tenantId, subject } = identityOf(request);
      const callId = request.params.id;
      const known = await knownRecording(pool, tenantId, callId);
      if (known.state !== 'deleted') await orUnavailable(keptHere().erase(tenantId, callId, subject));
      return reply.status(204).send(null);
    },
  );
}

async function knownRecording(pool: Pool, tenantId: TenantId, callId: CallId): Promise<RecordingRow> {
  const known = await findRecording(pool, tenantId, callId);
  if (known) return known;
  const call = await findCall(pool, tenantId, callId);
  throw new ProblemError(
    'not_found',
    call ? 'This call was not recorded.' : 'Your firm has no call of this id.',
  );
}

/** @throws ProblemError when there is nothing to be heard (yet, or any more). */
async function recordingOf(pool: Pool, tenantId: TenantId, callId: CallId): Promise<RecordingRow> {
  const known = await knownRecording(pool, tenantId, callId);
  if (known.state === 'recording') throw new ProblemError('recording_unfinished');
  if (known.state === 'deleted') throw new ProblemError('recording_deleted');
  return known;
}

const soundBytes = ({ durationMs }: RecordingRow): number =>
  Math.round((durationMs ?? 0) / FRAME_MS) * STEREO_FRAME_BYTES;

/**
 * The file, of which the beginning has been read and found whole: what is wrong from the start is a problem answer and
 * not a broken stream.
 */
async function openSound(
  recordings: Pick<Recorder, 'read'>,
  call: { tenantId: TenantId; callId: CallId },
  signal: AbortSignal,
  pcmBytes: number,
): Promise<AsyncIterable<Buffer>> {
  const source = await orUnavailable(recordings.read(call, signal, pcmBytes));
  if (!source) throw new ProblemError('recording_unavailable', 'The store has no such recording.');
  const pieces = source[Symbol.asyncIterator]();
  const begun = [await orUnavailable(pieces.next()), await orUnavailable(pieces.next())];
  return (async function* () {
    try {
      for (const { done, value } of begun) if (done !== true) yield value;
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
    } finally {
      await pieces.return?.();
    }
  })();
}

/** @throws ProblemError for whatever the store or the recording is not able to give. */
async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const code = cause instanceof RecordingError ? 'recording_damaged' : 'recording_unavailable';
    throw new ProblemError(code, undefined, undefined, { cause });
  }
}
