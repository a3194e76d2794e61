/** The input audio buffer of the Realtime API: what a client appends is heard at once, so little of it waits. */
import { FRAME_SAMPLES } from '../../ports.js';
import type { CallSession } from '../../session/call-deps.js';
import type { CallerItems } from './caller-items.js';
import type { AudioFormat, ClientEvent } from './client-events.js';
import type { Complaints } from './complaints.js';
import type { InboundAudio } from './inbound-audio.js';
import type { Say } from './server-events.js';

/** More silence than any rule for the end of a turn waits for (`silence_duration_ms` and its shares), in 20 ms frames. */
const MAX_COMMIT_FRAMES = 500;

export interface InputBufferDeps {
  say: Say;
  audio: InboundAudio;
  caller: CallerItems;
  complaints: Complaints;
  session: Pick<CallSession, 'audio'>;
}

type Append = Extract<ClientEvent, { type: 'input_audio_buffer.append' }>;

export class InputBuffer {
  readonly #deps: InputBufferDeps;

  constructor(deps: InputBufferDeps) {
    this.#deps = deps;
  }

  append({ audio, event_id: eventId }: Append, format: AudioFormat): void {
    const frames = this.#deps.audio.take(audio, format);
    if (typeof frames === 'string') this.#deps.complaints.nonsense(frames, { param: 'audio', eventId });
    else for (const frame of frames) this.#deps.session.audio(frame);
  }

  /** The client says that the caller has finished: the silence that would show it is filled in. */
  commit({ event_id: eventId }: ClientEvent): void {
    const { caller, complaints, session } = this.#deps;
    if (!caller.speaking) complaints.refuse('input_audio_buffer_commit_empty', { eventId });
    for (let n = 0; n < MAX_COMMIT_FRAMES && caller.speaking; n++)
      session.audio(new Int16Array(FRAME_SAMPLES));
  }

  clear({ event_id: eventId }: ClientEvent): void {
    const { audio, caller, complaints, say } = this.#deps;
    if (caller.speaking) {
      complaints.refuse('input_audio_buffer_clear_too_late', { eventId });
      return;
    }
    audio.clear();
    say({ type: 'input_audio_buffer.cleared' });
  }
}
