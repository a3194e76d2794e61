/** The caller's side of a call on a realtime socket: what the call tells becomes events of the Realtime API. */
import type { EndReason } from '../../../domain/turn.js';
import type { CallerEvent, CallerLink, Playback } from '../../session/link.js';
import type { Outcome } from './agent-response.js';
import type { AgentResponses } from './agent-responses.js';
import type { CallerItems } from './caller-items.js';
import type { Complaints } from './complaints.js';
import type { Say } from './server-events.js';
import { ResponseRequests } from './response-requests.js';

export interface RealtimeLinkDeps {
  caller: CallerItems;
  responses: AgentResponses;
  complaints: Complaints;
  say: Say;
  onEnded: (reason: EndReason) => void;
}

export class RealtimeLink implements CallerLink {
  readonly #deps: RealtimeLinkDeps;
  readonly #requests = new ResponseRequests();
  /** The caller's side is stopping the agent by request, not by voice. */
  #cancelling = false;

  constructor(deps: RealtimeLinkDeps) {
    this.#deps = deps;
  }

  /** The client asks for a response. @returns false when nothing is left to ask for. */
  request(): boolean {
    return this.#requests.ask(this.#deps.caller.pending);
  }

  sendFrame(frame: Int16Array): void {
    this.#deps.responses.frame(frame);
  }

  openPlayback(): Playback {
    return this.#deps.responses.openPlayback();
  }

  send(event: CallerEvent): void {
    const { caller, responses, complaints, say, onEnded } = this.#deps;
    switch (event.type) {
      case 'speech':
        if (event.state === 'started') caller.started(responses.active !== undefined);
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
        if (responses.words(event.turn, event.text)) this.#requests.began();
        return;
      case 'aside':
        responses.aside(event.text);
        return;
      case 'aside_done':
        responses.finish('completed');
        return;
      case 'clear':
        responses.finish(this.#stopped());
        return;
      case 'reply_done':
        responses.settle(event.turn, event.text, () => (event.interrupted ? this.#stopped() : 'completed'));
        return;
      case 'error':
        complaints.failed(event.code, `${event.message} ${event.action}`);
        return;
      case 'transfer':
        say({ type: 'hermes.transfer', to: event.to, summary: event.summary });
        return;
      case 'ended':
        responses.dispose();
        onEnded(event.reason);
    }
  }

  /** Stops the agent at the client's wish. @param hush silences the call. */
  cancel(hush: () => void): void {
    this.#cancelling = true;
    hush();
    // A reply without audio has nothing to clear.
    this.#deps.responses.finish('client_cancelled');
    this.#cancelling = false;
  }

  /** The agent was stopped in mid-sentence: by whom, and the client learns first that the caller speaks. */
  #stopped(): Outcome {
    const { caller } = this.#deps;
    if (this.#cancelling) return 'client_cancelled';
    caller.interrupts();
    return caller.pending ? 'turn_detected' : 'client_cancelled';
  }
}
