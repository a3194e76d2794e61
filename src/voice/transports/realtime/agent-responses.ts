/** What the agent says in one conversation, as responses of the Realtime API: one at a time. */
import type { Playback } from '../../session/link.js';
import type { SessionOptions } from '../../session/options.js';
import { AgentResponse, type Outcome } from './agent-response.js';
import type { Conversation } from './conversation.js';
import { PlaybackAccount } from './playback-account.js';
import type { Say } from './server-events.js';
import type { SessionSettings } from './session-settings.js';

export interface AgentResponsesDeps {
  say: Say;
  conversation: Conversation;
  /** Read anew for every response. */
  settings: SessionSettings;
  options: Pick<SessionOptions, 'output'>;
}

export class AgentResponses {
  readonly #deps: AgentResponsesDeps;
  /** Responses whose turn is not in the record yet, by turn: the one being spoken and one just interrupted. */
  readonly #open = new Map<number, AgentResponse>();
  /** Every response by its item, for late questions. */
  readonly #byItem = new Map<string, AgentResponse>();
  #active: AgentResponse | undefined;

  constructor(deps: AgentResponsesDeps) {
    this.#deps = deps;
  }

  /** The response being spoken. */
  get active(): AgentResponse | undefined {
    return this.#active;
  }

  ofItem(itemId: string): AgentResponse | undefined {
    return this.#byItem.get(itemId);
  }

  /** Words of a turn, just before their audio. @returns true for the first of the turn. */
  words(turn: number, text: string): boolean {
    const known = this.#open.get(turn);
    const response = known ?? this.#begin();
    this.#open.set(turn, response);
    response.words(text);
    return known === undefined;
  }

  /** Words that are no turn, just before their audio. */
  aside(text: string): void {
    this.#begin().words(text);
  }

  frame(frame: Int16Array): void {
    this.#active?.frame(frame);
  }

  /** For the response whose first frame is about to come. */
  openPlayback(): Playback {
    const account = new PlaybackAccount();
    if (this.#active) this.#active.account = account;
    return account;
  }

  /** The one being spoken is over. */
  finish(outcome: Outcome): void {
    this.#active?.finish(outcome);
    this.#active = undefined;
  }

  /** The turn is in the record. @param outcome of its response, when that is still being spoken. */
  settle(turn: number, heard: string, outcome: () => Outcome): void {
    const response = this.#open.get(turn);
    if (!response) return;
    this.#open.delete(turn);
    if (this.#active === response) this.finish(outcome());
    response.settled = true;
    response.heard(heard);
  }

  /** Gives memory back when the line is gone. */
  dispose(): void {
    this.#active?.dispose();
    this.#active = undefined;
  }

  #begin(): AgentResponse {
    const { say, conversation, settings, options } = this.#deps;
    const { output: modality } = options;
    const response = new AgentResponse({ say, conversation, modality, format: settings.output });
    this.#active = response;
    this.#byItem.set(response.item.id, response);
    return response;
  }
}
