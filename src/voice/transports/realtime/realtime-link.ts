/** The caller's side of a call on a realtime socket: what the call tells becomes events of the Realtime API. */
import type { EndReason } from '../../../domain/turn.js';
import type { CallerEvent, CallerLink, Playback } from '../../session/link.js';
import type { SessionOptions } from '../../session/options.js';
import { AgentResponse, type Outcome } from './agent-response.js';
import type { CallerItems } from './caller-items.js';
import type { Complaints } from './complaints.js';
import type { Conversation } from './conversation.js';
import { PlaybackAccount } from './playback-account.js';
import { ResponseRequests } from './response-requests.js';
import type { Say } from './server-events.js';
import type { SessionSettings } from './session-settings.js';

export interface RealtimeLinkDeps {
  say: Say;
  conversation: Conversation;
  caller: CallerItems;
  complaints: Complaints;
  /** Read anew for every response. */
  settings: SessionSettings;
  options: SessionOptions;
  onEnded: (reason: EndReason) => void;
}

export class RealtimeLink implements CallerLink {
  readonly #deps: RealtimeLinkDeps;
  /** Responses whose turn is not in the record yet, by turn: the one being spoken and one just interrupted. */
  readonly #open = new Map<number, AgentResponse>();
  /** Every response by its item, for late questions. */
  readonly #byItem = new Map<string, AgentResponse>();
  #active: AgentResponse | undefined;
  /** The caller's side is stopping the agent by request, not by voice. */
  #cancelling = false;
  readonly #requests = new ResponseRequests();

  constructor(deps: RealtimeLinkDeps) {
    this.#deps = deps;
  }

  /** The response being spoken. */
  get active(): AgentResponse | undefined {
    return this.#active;
  }

  /** The client asks for a response. @returns false when nothing is left to ask for. */
  request(): boolean {
    return this.#requests.ask(this.#deps.caller.pending);
  }

  responseOf(itemId: string): AgentResponse | undefined {
    return this.#byItem.get(itemId);
  }

  sendFrame(frame: Int16Array): void {
    this.#active?.frame(frame);
  }

  /** For the response whose first frame is about to come. */
  openPlayback(): Playback {
    const account = new PlaybackAccount();
    if (this.#active) this.#active.account = account;
    return account;
  }

  send(event: CallerEvent): void {
    const { caller, complaints } = this.#deps;
    switch (event.type) {
      case 'speech':
        if (event.state === 'started') caller.started(this.#active !== undefined);
        else caller.stopped();
        return;
      case 'unheard':
        caller.unheard(event.why);
        return;
      case 'heard':
        this.#requests.owe();
        caller.heard(event.text, event.input);
        return;
      case 'reply':
        this.#words(event.turn, event.text);
        return;
      case 'aside':
        this.#begin().words(event.text);
        return;
      case 'aside_done':
        this.#active?.finish('completed');
        this.#active = undefined;
        return;
      case 'clear':
        this.#cut();
        return;
      case 'reply_done':
        this.#settle(event.turn, event.text, event.interrupted);
        return;
      case 'error':
        complaints.failed(event.code, `${event.message} ${event.action}`);
        return;
      case 'ended':
        this.dispose();
        this.#deps.onEnded(event.reason);
    }
  }

  /** Stops the agent at the client's wish. @param hush silences the call. */
  cancel(hush: () => void): void {
    this.#cancelling = true;
    hush();
    // A reply without audio has nothing to clear.
    this.#cut();
    this.#cancelling = false;
  }

  /** Gives memory back when the line is gone. */
  dispose(): void {
    this.#active?.dispose();
    this.#active = undefined;
  }

  #words(turn: number, text: string): void {
    let response = this.#open.get(turn);
    if (!response) {
      response = this.#begin();
      this.#requests.began();
      this.#open.set(turn, response);
    }
    response.words(text);
  }

  #begin(): AgentResponse {
    const { say, conversation, settings, options } = this.#deps;
    const response = new AgentResponse({
      say,
      conversation,
      modality: options.output,
      format: settings.output,
    });
    this.#active = response;
    this.#byItem.set(response.item.id, response);
    return response;
  }

  /** The agent was stopped in mid-sentence. */
  #cut(): void {
    const { caller } = this.#deps;
    if (!this.#cancelling) caller.interrupts();
    const why: Outcome = !this.#cancelling && caller.pending ? 'turn_detected' : 'client_cancelled';
    this.#active?.finish(why);
    this.#active = undefined;
  }

  /** The turn is in the record. */
  #settle(turn: number, heard: string, interrupted: boolean): void {
    const response = this.#open.get(turn);
    if (!response) return;
    this.#open.delete(turn);
    if (this.#active === response) {
      if (interrupted) this.#cut();
      else response.finish('completed');
      this.#active = undefined;
    }
    response.settled = true;
    response.heard(heard);
  }
}
