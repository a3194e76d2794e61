import { randomUUID } from 'node:crypto';
import type { Stand } from '../stand.js';
import { AudioBuffer } from './audio-buffer.js';
import { MAX_APPEND_BYTES, type ClientEvent } from './client-events.js';
import {
  BetaUpdate,
  configured,
  firstConfiguration,
  invalidSession,
  isLive,
  TranscriptionUpdate,
  turnDetectionOf,
  type Configuration,
  type Refusal,
} from './configuration.js';
import type { Outbox } from './outbox.js';
import { shownSession } from './shown-session.js';
import type { Turns } from './turns.js';
import { VoiceGate } from './voice-gate.js';

/** Less than this is refused at a commit. */
const MIN_COMMIT_MS = 100;

const newItemId = () => `item_${randomUUID()}`;

/** One transcription session: its configuration and the audio that is not committed yet. */
export class TranscriptionSession {
  private readonly id = `sess_${randomUUID()}`;
  private readonly openedAtMs: number;
  private configuration: Configuration;
  private buffer: AudioBuffer;
  private gate: VoiceGate | undefined;
  private itemId = newItemId();
  /** Audio received before the present buffer, so that positions count from the start of the session. */
  private earlierMs = 0;

  /** @param routedModel the model a gateway took from the URL. */
  constructor(
    private readonly stand: Stand,
    private readonly out: Outbox,
    private readonly turns: Turns,
    routedModel: string | undefined,
  ) {
    this.openedAtMs = stand.clock.nowMs();
    this.configuration = firstConfiguration(routedModel);
    this.buffer = new AudioBuffer(this.configuration.format);
  }

  /** The server speaks first. */
  open(): void {
    this.show('session.created');
  }

  take(event: ClientEvent): void {
    this.answer(event, this.apply(event));
  }

  /** An append without an id, already decoded. */
  hear(audio: Buffer): void {
    this.answer({}, this.append(audio));
  }

  private answer(event: { event_id?: string | undefined }, refusal: Refusal | undefined): void {
    if (refusal) this.out.refuse(refusal, this.beta ? undefined : event.event_id);
  }

  /** @returns why the event was not obeyed, if it was not. */
  private apply(event: ClientEvent): Refusal | undefined {
    switch (event.type) {
      case 'session.update':
      case 'transcription_session.update':
        return this.update(event.session);
      case 'input_audio_buffer.append':
        return this.append(Buffer.from(event.audio, 'base64'));
      case 'input_audio_buffer.commit':
        return this.commit();
      case 'input_audio_buffer.clear':
        this.startTurn();
        this.out.send('input_audio_buffer.cleared');
        return undefined;
    }
  }

  private get beta(): boolean {
    return this.stand.settings.realtimeGeneration === 'beta';
  }

  private show(type: string): void {
    const session = shownSession(this.configuration, this.id, this.openedAtMs, this.beta);
    this.out.send(type, { session });
  }

  private update(session: unknown): Refusal | undefined {
    const parsed = (this.beta ? BetaUpdate : TranscriptionUpdate).safeParse(session);
    if (!parsed.success) return invalidSession(parsed.error);
    const next = configured(this.configuration, parsed.data);
    if ('code' in next) return next;
    if (next.format.type !== this.configuration.format.type) this.buffer = new AudioBuffer(next.format);
    this.configuration = next;
    const detection = turnDetectionOf(next);
    this.gate = detection ? new VoiceGate(detection) : undefined;
    this.stand.streams.realtimeConfigured += 1;
    this.show('session.updated');
    return undefined;
  }

  /** Takes audio; is never acknowledged. */
  private append(bytes: Buffer): Refusal | undefined {
    if (bytes.length > MAX_APPEND_BYTES) {
      return { code: 'invalid_value', message: 'Audio exceeds 15 MiB.', param: 'audio' };
    }
    const beforeMs = this.buffer.durationMs;
    const { samples, delta } = this.buffer.append(bytes);
    if (delta !== '' && isLive(this.configuration)) this.turns.delta(this.itemId, delta);
    const change = this.gate?.push(samples, this.buffer.durationMs - beforeMs);
    const item = { item_id: this.itemId };
    if (change === 'started') {
      const startMs = Math.max(0, Math.round(this.earlierMs + beforeMs - this.paddingMs));
      this.out.send('input_audio_buffer.speech_started', { audio_start_ms: startMs, ...item });
    }
    if (change !== 'stopped') return undefined;
    const endMs = Math.round(this.earlierMs + this.buffer.durationMs);
    this.out.send('input_audio_buffer.speech_stopped', { audio_end_ms: endMs, ...item });
    return this.commit();
  }

  private get paddingMs(): number {
    const detection = turnDetectionOf(this.configuration);
    return detection?.type === 'server_vad' ? detection.prefix_padding_ms : 0;
  }

  private commit(): Refusal | undefined {
    const { durationMs } = this.buffer;
    if (durationMs < MIN_COMMIT_MS) {
      const message = `Error committing input audio buffer: buffer too small. Expected at least ${MIN_COMMIT_MS}ms of audio, but buffer only has ${durationMs.toFixed(2)}ms of audio.`;
      // Servers of the beta generation give errors no code.
      return { code: this.beta ? null : 'input_audio_buffer_commit_empty', message };
    }
    this.out.spoil(this.stand.script.takeStreamFault('realtime'));
    const { itemId } = this;
    const sent = isLive(this.configuration) && this.buffer.text !== '';
    const text = this.buffer.text || this.stand.script.nextTranscript();
    this.record(text, durationMs);
    const deltas = sent ? [] : (text.match(/\S+\s*/g) ?? []);
    this.startTurn();
    this.turns.commit({ itemId, text, deltas, durationMs }, this.configuration.transcription !== null);
    return undefined;
  }

  private record(text: string, durationMs: number): void {
    const { transcription, format } = this.configuration;
    this.stand.ledger.record('realtime_turn', this.itemId, 'created', {
      model: transcription?.model ?? null,
      format: format.type,
      text,
      durationMs,
      // Audio that arrives faster or slower than it was spoken shows here.
      sessionMs: this.stand.clock.nowMs() - this.openedAtMs,
    });
  }

  private startTurn(): void {
    this.earlierMs += this.buffer.durationMs;
    this.buffer = new AudioBuffer(this.configuration.format);
    this.itemId = newItemId();
  }
}
