import { randomUUID } from 'node:crypto';
import type { Stand } from '../stand.js';
import { wait } from '../stream.js';
import { speakInTones } from '../tone-code/encode.js';
import type { Outbox } from './outbox.js';

const RATE_HZ = 24_000;
/** Bytes of 100 ms of PCM16, the sound in one delta. */
const DELTA_BYTES = 4_800;

interface Spoken {
  text: string;
  /** Names of events before general availability. */
  beta: boolean;
}

/**
 * Sends one response: announced, spoken word by word and sound by sound at the pace of `speech`, done. A cancelled one
 * ends with what was said so far. Never rejects.
 */
export async function speakResponse(
  stand: Stand,
  out: Outbox,
  { text, beta }: Spoken,
  cancelled: AbortSignal,
): Promise<void> {
  const responseId = `resp_${randomUUID()}`;
  const itemId = `item_${randomUUID()}`;
  const place = { response_id: responseId, item_id: itemId, output_index: 0, content_index: 0 };
  const name = (kind: string) => `response.${beta ? '' : 'output_'}${kind}`;
  const response = (status: string) => ({
    response: { id: responseId, object: 'realtime.response', status, status_details: null, output: [] },
  });
  const item = (status: string) => ({
    response_id: responseId,
    output_index: 0,
    item: { id: itemId, type: 'message', status, role: 'assistant', content: [] },
  });
  out.send('response.created', response('in_progress'));
  try {
    const { firstMs, jitterMs, gapMs } = stand.settings.speech;
    await wait({ firstMs, jitterMs }, cancelled);
    out.send('response.output_item.added', item('in_progress'));
    out.send('response.content_part.added', { ...place, part: { type: 'audio', transcript: '' } });
    for (const delta of text.match(/\S+\s*/g) ?? []) {
      out.send(name('audio_transcript.delta'), { ...place, delta });
    }
    for (const [at, delta] of [...deltasOf(text)].entries()) {
      if (at > 0) await wait({ firstMs: gapMs, jitterMs: 0 }, cancelled);
      cancelled.throwIfAborted();
      out.send(name('audio.delta'), { ...place, delta });
    }
  } catch {
    out.send('response.done', response('cancelled'));
    return;
  }
  out.send(name('audio.done'), place);
  out.send(name('audio_transcript.done'), { ...place, transcript: text });
  out.send('response.content_part.done', { ...place, part: { type: 'audio', transcript: text } });
  out.send('response.output_item.done', item('completed'));
  out.send('response.done', response('completed'));
}

function* deltasOf(text: string): Generator<string> {
  const samples = speakInTones(text, RATE_HZ);
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  for (let at = 0; at < bytes.length; at += DELTA_BYTES) yield bytes.toString('base64', at, at + DELTA_BYTES);
}
