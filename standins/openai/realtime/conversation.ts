import { randomUUID } from 'node:crypto';
import { sayOrRepeat } from '../chat/answer.js';
import { abilityOf } from '../models.js';
import type { Stand } from '../stand.js';
import { invalidSession, type Refusal } from './configuration.js';
import {
  BetaConversationUpdate,
  ConversationUpdate,
  textsOf,
  type ConversationEvent,
  type ResponseOrder,
} from './conversation-events.js';
import type { Outbox } from './outbox.js';
import { speakResponse } from './spoken-response.js';

/** Believed length of a session; clients should trust `expires_at`. */
const SESSION_SECONDS = 3_600;

/**
 * One conversation session, which `model` in the URL opens, as far as a voice needs it: it is configured and says what
 * it is told to, in tones. It does not listen, and refuses to become a transcription session.
 */
export class Conversation {
  private readonly id = `sess_${randomUUID()}`;
  private readonly openedAtMs: number;
  private voice = 'alloy';
  private instructions = '';
  /** The response that is being made. */
  private active: AbortController | undefined;

  constructor(
    private readonly stand: Stand,
    private readonly out: Outbox,
    private readonly model: string,
    closed: AbortSignal,
  ) {
    this.openedAtMs = stand.clock.nowMs();
    closed.addEventListener('abort', () => this.active?.abort(), { once: true });
  }

  open(): void {
    this.show('session.created');
  }

  take(event: ConversationEvent): void {
    const refusal = this.apply(event);
    if (refusal) this.out.refuse(refusal, this.beta ? undefined : event.event_id);
  }

  private apply(event: ConversationEvent): Refusal | undefined {
    switch (event.type) {
      case 'session.update':
        return this.update(event.session);
      case 'response.create':
        return this.respond(event.response);
      case 'response.cancel':
        if (!this.active) {
          return { code: 'response_cancel_not_active', message: 'Cancellation failed: no active response.' };
        }
        this.active.abort();
        return undefined;
      case 'input_audio_buffer.append':
        return undefined;
    }
  }

  private get beta(): boolean {
    return this.stand.settings.realtimeGeneration === 'beta';
  }

  private update(session: unknown): Refusal | undefined {
    if ((session as { type?: unknown } | null)?.type === 'transcription') {
      const message = 'A conversation session cannot become a transcription session.';
      return { code: 'invalid_model', message };
    }
    const parsed = (this.beta ? BetaConversationUpdate : ConversationUpdate).safeParse(session);
    if (!parsed.success) return invalidSession(parsed.error);
    const output = parsed.data.audio?.output ?? {};
    this.voice = output.voice ?? this.voice;
    this.instructions = parsed.data.instructions ?? this.instructions;
    this.stand.streams.realtimeConfigured += 1;
    this.show('session.updated');
    return undefined;
  }

  private respond(order: ResponseOrder): Refusal | undefined {
    if (this.active) {
      const message = 'Conversation already has an active response in progress.';
      return { code: 'conversation_already_has_active_response', message };
    }
    if (abilityOf(this.model) !== 'conversation') {
      return { code: 'invalid_model', message: `Model "${this.model}" holds no conversations.` };
    }
    this.out.spoil(this.stand.script.takeStreamFault('realtime_speech'));
    const text = sayOrRepeat([{ role: 'system', content: this.instructions }, ...textsOf(order)]);
    const { model, voice } = this;
    this.stand.ledger.record('realtime_speech', randomUUID(), 'created', {
      model,
      voice,
      text,
    });
    const active = new AbortController();
    this.active = active;
    const said = this.stand.script.nextCompletion();
    const spoken = { text: typeof said === 'string' ? said : text, beta: this.beta };
    void speakResponse(this.stand, this.out, spoken, active.signal).finally(() => (this.active = undefined));
    return undefined;
  }

  private show(type: string): void {
    const { id, model, voice, instructions } = this;
    const format = { type: 'audio/pcm', rate: 24_000 };
    const flat = { modalities: ['audio', 'text'], voice, output_audio_format: 'pcm16', turn_detection: null };
    const deep = {
      object: 'realtime.session',
      type: 'realtime',
      expires_at: Math.floor(this.openedAtMs / 1_000) + SESSION_SECONDS,
      output_modalities: ['audio'],
      audio: {
        input: { format, turn_detection: null },
        output: { format, voice, speed: 1 },
      },
    };
    this.out.send(type, { session: { id, model, instructions, ...(this.beta ? flat : deep) } });
  }
}
