import type { TurnTiming } from '../../domain/latency.js';
import type { ServerMessage } from '../../voice/wire.js';
import { openLine } from './line.js';
import { Microphone } from './microphone.js';
import { chooseUtterance, type Utterance } from './utterance.js';

/** What happened on the line, as it happens. `said` is what the caller meant, `heard` what was understood. */
export type CallEvent =
  | { kind: 'said'; text: string }
  | { kind: 'heard'; text: string }
  | { kind: 'reply'; text: string; interrupted: boolean; timing: TurnTiming }
  | { kind: 'error'; code: string; message: string }
  | { kind: 'ended'; reason: string };

export interface CallOptions {
  /** WebSocket address of the native transport. */
  url: string;
  token: string;
  utterances: readonly Utterance[];
  onEvent: (event: CallEvent) => void;
  /** Longest wait for one reply before the caller gives up. Default 30 s. */
  replyTimeoutMs?: number;
}

export interface CallResult {
  callId: string;
  events: CallEvent[];
  closeCode: number;
}

/** A person waits this long after the agent has finished before speaking; it also outlasts the 100 ms send-ahead. */
const BREATH_MS = 350;
/** A caller who is asked the same thing over and over gives up. */
const MOST_UTTERANCES = 40;

/**
 * Places one call and talks it through: listens to the greeting, answers when the agent has finished, hangs
 * up at the end (unless the agent did).
 * @throws Error when the edge refuses the call or stays silent past `replyTimeoutMs`.
 */
export async function placeCall(options: CallOptions): Promise<CallResult> {
  const conversation = new Conversation(options);
  const spoken = options.utterances.some((u) => u.audio);
  const line = await openLine(options.url, (message) => conversation.take(message));
  const microphone = new Microphone((frame) => line.sendFrame(frame));
  void line.closed.then(() => conversation.over());
  try {
    line.send({
      type: 'start',
      token: options.token,
      input: spoken ? 'audio' : 'text',
      output: spoken ? 'audio' : 'text',
    });
    await conversation.nextReply();
    if (spoken) microphone.start();
    const said = new Set<Utterance>();
    for (let count = 0; count < MOST_UTTERANCES && !conversation.isOver; count++) {
      const utterance = chooseUtterance(options.utterances, said, conversation.lastReply);
      if (!utterance) break;
      said.add(utterance);
      await pause(spoken ? BREATH_MS : 0);
      conversation.emit({ kind: 'said', text: utterance.text });
      if (utterance.audio) await microphone.say(utterance.audio);
      else line.send({ type: 'text', text: utterance.text });
      if (utterance.hangUpAfter) break;
      await conversation.nextReply();
    }
    if (!conversation.isOver) line.send({ type: 'end' });
  } finally {
    microphone.stop();
    const giveUp = setTimeout(() => line.hangUp(), 3_000);
    await line.closed;
    clearTimeout(giveUp);
  }
  return { callId: conversation.callId, events: conversation.events, closeCode: await line.closed };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Follows the server's messages and lets the caller wait for the agent to finish a turn. */
class Conversation {
  readonly events: CallEvent[] = [];
  callId = '';
  isOver = false;
  lastReply = '';
  #replies = 0;
  #awaited = 0;
  #wake: () => void = () => undefined;

  constructor(private readonly options: CallOptions) {}

  emit(event: CallEvent): void {
    this.events.push(event);
    this.options.onEvent(event);
  }

  take(message: ServerMessage): void {
    if (message.type === 'ready') this.callId = message.callId;
    else if (message.type === 'heard') this.emit({ kind: 'heard', text: message.text });
    else if (message.type === 'error')
      this.emit({ kind: 'error', code: message.code, message: message.message });
    else if (message.type === 'ended') this.emit({ kind: 'ended', reason: message.reason });
    else if (message.type === 'reply_done') {
      this.emit({
        kind: 'reply',
        text: message.text,
        interrupted: message.interrupted,
        timing: message.timing,
      });
      this.lastReply = message.text;
      if (!message.interrupted) this.#replies += 1;
      this.#wake();
    }
  }

  over(): void {
    this.isOver = true;
    this.#wake();
  }

  /** Waits until the agent has finished one more turn, or the call is over. */
  async nextReply(): Promise<void> {
    this.#awaited += 1;
    const limitMs = this.options.replyTimeoutMs ?? 30_000;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the agent stayed silent for ${limitMs / 1_000} s`)),
        limitMs,
      );
      const check = (): void => {
        if (!this.isOver && this.#replies < this.#awaited) return;
        clearTimeout(timer);
        this.#awaited = this.#replies;
        resolve();
      };
      this.#wake = check;
      check();
    });
  }
}
