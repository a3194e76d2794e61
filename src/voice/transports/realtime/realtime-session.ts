/** One conversation on a realtime socket: the client's events in, the call's out, and the settings both go by. */
import type { EndReason } from '../../../domain/turn.js';
import type { CallSession } from '../../session/call-deps.js';
import type { SessionOptions } from '../../session/options.js';
import { closeCodes } from '../../wire.js';
import type { TransportDeps } from '../transport-deps.js';
import { AgentResponses } from './agent-responses.js';
import { CallerItems } from './caller-items.js';
import type { ClientEvent } from './client-events.js';
import { ClientRequests } from './client-requests.js';
import type { Complaints } from './complaints.js';
import { Conversation } from './conversation.js';
import type { NewId } from './ids.js';
import { createInboundAudio } from './inbound-audio.js';
import { InputBuffer } from './input-buffer.js';
import { RealtimeLink } from './realtime-link.js';
import type { Say } from './server-events.js';
import { applyUpdate, describeSession, initialSettings, notHonoured } from './session-settings.js';

/** The agent waits this long for the client to set its formats, unless that is done sooner. */
const GREETING_WAIT_MS = 1_000;

export interface RealtimeSessionDeps {
  deps: Pick<TransportDeps, 'call' | 'options'>;
  newId: NewId;
  say: Say;
  complaints: Complaints;
  /** As the client named it. */
  model: string;
  onEnded: (reason: EndReason) => void;
}

/** What answers once the call is admitted. */
interface Talk {
  session: CallSession;
  input: InputBuffer;
  requests: ClientRequests;
}

type Update = Extract<ClientEvent, { type: 'session.update' }>;

export class RealtimeSession {
  /** What the call tells the caller's side. */
  readonly link: RealtimeLink;
  /** Changed by the client; the call reads them anew each time. */
  readonly options: SessionOptions;
  readonly #given: RealtimeSessionDeps;
  readonly #id: string;
  readonly #conversation: Conversation;
  readonly #settings;
  readonly #audio;
  readonly #caller: CallerItems;
  readonly #responses: AgentResponses;
  #talk: Talk | undefined;
  #greetingTimer: NodeJS.Timeout | undefined;
  #back = false;

  /** @throws Error when `loadResampler` has not finished. */
  constructor(given: RealtimeSessionDeps) {
    const { deps, newId, say, complaints, model, onEnded } = given;
    this.#given = given;
    this.#id = newId('sess');
    this.#conversation = new Conversation(newId);
    this.#settings = initialSettings(model);
    this.options = { ...deps.options, output: deps.call.providers.tts ? 'audio' : 'text' };
    this.#audio = createInboundAudio(deps.call.nowMs);
    const conversation = this.#conversation;
    this.#caller = new CallerItems({
      say,
      conversation,
      inputMs: () => this.#audio.audioMs,
      leadMs: () => this.options.preRollMs + this.options.rules.startMs,
    });
    const { options } = this;
    this.#responses = new AgentResponses({ say, conversation, settings: this.#settings, options });
    this.link = new RealtimeLink({
      say,
      complaints,
      onEnded,
      caller: this.#caller,
      responses: this.#responses,
    });
  }

  /** Says `session.created`; the agent picks up soon after. @param back the call waits for its caller: it goes on then. */
  open(session: CallSession, back: boolean): void {
    this.#back = back;
    const { say, complaints } = this.#given;
    const deps = { say, complaints, session, caller: this.#caller };
    const input = new InputBuffer({ ...deps, audio: this.#audio });
    const requests = new ClientRequests({
      ...deps,
      conversation: this.#conversation,
      responses: this.#responses,
      link: this.link,
    });
    this.#talk = { session, input, requests };
    say({ type: 'session.created', session: this.#described });
    this.#greetingTimer = setTimeout(() => this.#greet(), GREETING_WAIT_MS);
  }

  /** Does what the client asks, or tells why not. Nothing before `open`. */
  obey(event: ClientEvent): void {
    if (!this.#talk) return;
    const { input, requests } = this.#talk;
    if (event.type === 'session.update') this.#update(event);
    else if (event.type === 'input_audio_buffer.append') input.append(event, this.#settings.input);
    else if (event.type === 'input_audio_buffer.commit') input.commit(event);
    else if (event.type === 'input_audio_buffer.clear') input.clear(event);
    else {
      if (event.type === 'conversation.item.create' || event.type === 'response.create') this.#greet();
      requests.take(event);
    }
  }

  /** The line is gone. @param tell says so to the call, if there is one. */
  close(tell: (session: CallSession) => void): void {
    clearTimeout(this.#greetingTimer);
    const talk = this.#talk;
    this.#talk = undefined;
    if (talk) tell(talk.session);
    this.#responses.dispose();
    this.#audio.close();
  }

  get #described() {
    const { stt, tts } = this.#given.deps.call.providers;
    const facts = { id: this.#id, stt: stt?.name ?? null, tts: tts?.name ?? null };
    return describeSession(this.#settings, this.options, facts);
  }

  #update({ session: asked, event_id: eventId }: Update): void {
    const { say, complaints, deps } = this.#given;
    applyUpdate(asked, this.#settings, this.options, deps.call.providers.tts !== null);
    const session = this.#described;
    say({ type: 'session.updated', session });
    const not = notHonoured(asked, session);
    if (not.length > 0) complaints.refuse('setting_not_supported', { param: not.join(', '), eventId });
    this.#greet();
  }

  /** The agent picks up, once. */
  #greet(): void {
    if (this.#greetingTimer === undefined) return;
    clearTimeout(this.#greetingTimer);
    this.#greetingTimer = undefined;
    if (!this.#back) this.#talk?.session.start();
    else if (this.#talk?.session.back(this.link) === false)
      this.#given.complaints.final('replayed_token', closeCodes.replayed);
  }
}
