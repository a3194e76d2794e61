/**
 * One call, whatever carries it. Frames and typed words come in; the agent's words and audio go out through the link;
 * every finished turn goes to the journal. Nothing here waits for anything but the speech and language providers.
 *
 * This file puts the parts of a call together and ends it: the ear hears utterances, the caller's turns are taken in
 * order, the mouth says the replies, an eager start prepares them while the caller may still go on.
 */
import type { CallId } from '../../domain/ids.js';
import type { EndReason } from '../../domain/turn.js';
import type { CallHeader, SpeechToText } from '../ports.js';
import { recorded } from '../recording/recorded.js';
import type { CallDeps, CallSession } from './call-deps.js';
import type { CallerLink } from './link.js';
import { CallerTurns } from './caller-turns.js';
import { EagerStart } from './eager-start.js';
import { Ear } from './ear.js';
import { Floor } from './floor.js';
import type { SessionOptions } from './options.js';
import { Keys } from './keys.js';
import { MendableLine } from './mendable-line.js';
import { Mouth } from './mouth.js';
import { prewarm } from './prewarm.js';
import { Reconnect } from './reconnect.js';
import { SilenceWatch } from './silence.js';
import { Standby } from './standby.js';
import { Transcript } from './transcript.js';
import { createTrouble, type Trouble } from './trouble.js';
import { TurnClock } from './turn-clock.js';

/** Sets up one call. Nothing happens until `start`. */
export function createCallSession(deps: CallDeps, header: CallHeader, options: SessionOptions): CallSession {
  return recorded(deps, header, (given) => new LiveCall(given, header, options));
}

class LiveCall implements CallSession {
  readonly callId: CallId;
  readonly finished: Promise<void>;
  readonly #deps: CallDeps;
  readonly #options: SessionOptions;
  readonly #transcript: Transcript;
  readonly #floor = new Floor(() => this.#silence?.look());
  readonly #line: MendableLine;
  readonly #reconnect: Reconnect;
  readonly #standby: Standby;
  readonly #trouble: Trouble;
  readonly #mouth: Mouth;
  readonly #eager: EagerStart;
  readonly #turns: CallerTurns;
  readonly #ear: Ear | null;
  readonly #keys: Keys;
  /** Null where nobody listens: who types may take their time. */
  readonly #silence: SilenceWatch | null;
  #over = false;
  #idleTimer: NodeJS.Timeout | undefined;
  #resolveFinished: () => void = () => undefined;

  constructor(deps: CallDeps, header: CallHeader, options: SessionOptions) {
    this.callId = header.callId;
    this.#options = options;
    this.#transcript = new Transcript(deps.journal, header);
    this.#line = new MendableLine(deps.link);
    this.#standby = this.#createStandby({ ...deps, link: this.#line.link });
    this.#deps = { ...deps, link: this.#standby.link };
    this.#trouble = createTrouble(this.#deps, header, () => this.#standby.voiceless());
    this.#mouth = this.#createMouth();
    this.#eager = new EagerStart({
      ...deps,
      transcript: this.#transcript,
      mouth: this.#mouth,
      rules: options.rules.eager,
    });
    this.#turns = this.#createTurns();
    this.#ear = deps.providers.stt ? this.#createEar(deps.providers.stt) : null;
    this.#silence = this.#ear && deps.agent.silence ? this.#createSilence() : null;
    this.#keys = this.#createKeys();
    this.#reconnect = this.#createReconnect();
    this.finished = new Promise((resolve) => {
      this.#resolveFinished = resolve;
    });
  }

  start(): void {
    prewarm(this.#deps.providers, this.#deps.agent);
    this.#armIdleTimer();
    this.#standby.awaited(this.#deps.nowMs());
    const clock = new TurnClock(this.#deps.nowMs);
    this.#mouth.perform(() => this.#deps.agent.greeting(), clock);
  }

  audio(frame: Int16Array): void {
    if (this.#over) return;
    try {
      if (this.#ear) this.#ear.hear(frame);
      else this.#trouble.deaf();
    } catch (error) {
      this.#trouble.defect(error);
    }
  }

  typed(text: string): void {
    if (this.#over || text.trim() === '') return;
    this.#mouth.stop();
    this.#eager.dropAll();
    this.#ear?.note('typed');
    this.#turns.typed(text.trim());
  }

  pressed(key: string): void {
    if (!this.#over) this.#keys.press(key);
  }

  hush(): void {
    this.#interrupt(false);
  }

  end(): void {
    this.#close('caller_hangup', 'caller_hangup');
  }

  lost(): void {
    if (this.#over) return;
    clearTimeout(this.#idleTimer);
    this.#reconnect.lost();
  }

  get isAway(): boolean {
    return !this.#over && this.#reconnect.lostAtMs !== undefined;
  }

  back(link: CallerLink): boolean {
    if (this.#over || !this.#reconnect.back(link)) return false;
    this.#armIdleTimer();
    // Whoever comes back has as long to speak as after any sentence.
    this.#silence?.agentSpoke();
    return true;
  }

  dropped(why: 'dropped' | 'shutdown' = 'dropped'): void {
    this.#close(why, null);
  }

  /** @param resumable it was the sound of the caller, which may turn out to be a cough. */
  #interrupt(resumable: boolean): void {
    if (this.#over) return;
    this.#mouth.interrupt(resumable);
    this.#standby.stop();
  }

  // ---- the parts -----------------------------------------------------------------------------------------------------

  #createEar(stt: SpeechToText): Ear {
    const { createVad, nowMs, link, mayPrepareEarly = () => true } = this.#deps;
    return new Ear({
      stt,
      vad: createVad(),
      nowMs,
      options: this.#options,
      mayPrepareEarly,
      onSpeech: () => {
        this.#floor.take();
        link.send({ type: 'speech', state: 'started' });
      },
      onDismissed: () => {
        this.#floor.give();
        link.send({ type: 'unheard', why: 'dismissed' });
        link.send({ type: 'speech', state: 'stopped' });
      },
      onLikelyEnd: (likely) => {
        this.#mouth.settle(); // an answer is prepared to what was heard, so that is decided now
        this.#eager.begin(likely);
      },
      onWentOn: () => this.#eager.drop(),
      onUtterance: (utterance) => this.#turns.spoken(utterance),
      onBargeIn: () => this.#interrupt(true),
    });
  }

  #createTurns(): CallerTurns {
    return new CallerTurns({
      ...this.#deps,
      transcript: this.#transcript,
      trouble: this.#trouble,
      mouth: this.#mouth,
      floor: this.#floor,
      eager: this.#eager,
      standby: this.#standby,
      onTurn: () => {
        this.#armIdleTimer();
        this.#silence?.callerTurn();
      },
    });
  }

  #createMouth(): Mouth {
    return new Mouth({
      ...this.#deps,
      transcript: this.#transcript,
      trouble: this.#trouble,
      floor: this.#floor,
      options: this.#options,
      onSound: (turn, insists) => {
        this.#ear?.agentStarted(turn?.expects, insists);
        this.#silence?.agentSpoke(turn?.silence);
        if (turn) this.#keys.expect(turn.keys ?? 'any');
      },
      onQuiet: () => {
        this.#ear?.note('agent_stopped');
        this.#silence?.look();
      },
      onFree: () => this.#silence?.look(),
      onTurn: () => this.#armIdleTimer(),
      onGoodbye: ({ ends = 'agent_closed', transfer }) => {
        if (transfer) this.#deps.link.send({ type: 'transfer', ...transfer });
        this.#close(ends, ends);
      },
    });
  }

  #createKeys(): Keys {
    return new Keys({
      pauseMs: this.#options.keyPauseMs,
      onBegin: () => {
        this.#floor.take();
        this.hush();
      },
      onTurn: (text) => {
        this.typed(text);
        this.#floor.give();
      },
    });
  }

  #createReconnect(): Reconnect {
    const { nowMs, epochMs } = this.#deps;
    return new Reconnect({
      line: this.#line,
      floor: this.#floor,
      mouth: this.#mouth,
      standby: this.#standby,
      ear: this.#ear,
      transcript: this.#transcript,
      nowMs,
      epochMs,
      windowMs: this.#options.reconnectWindowMs,
      onGone: () => this.#close('dropped', 'dropped'),
    });
  }

  #createSilence(): SilenceWatch {
    const { nowMs, agent } = this.#deps;
    return new SilenceWatch({
      nowMs,
      rules: this.#options.silence,
      isTaken: () => this.#floor.isTaken() || this.#mouth.busy,
      onDecision: (step) => {
        const chosen = agent.silence?.(this.#transcript.turns, step);
        if (chosen) this.#mouth.perform(() => chosen, new TurnClock(nowMs));
      },
    });
  }

  #createStandby({ link, spare, nowMs }: CallDeps): Standby {
    return new Standby({
      link,
      audio: this.#options.output === 'audio' ? spare : undefined,
      floor: this.#floor,
      nowMs,
      options: this.#options,
      onSound: () => this.#ear?.agentStarted(),
      onQuiet: () => this.#ear?.note('agent_stopped'),
      onHeard: (text) => this.#transcript.alsoHeard(text),
      onVoice: () => this.#trouble.works('tts'),
    });
  }

  // ---- the end -------------------------------------------------------------------------------------------------------

  #armIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    if (!this.#over && !this.#line.isBroken)
      this.#idleTimer = setTimeout(() => this.#close('idle', 'idle'), this.#options.idleLimitMs);
  }

  /** @param journalled reason of the journal's `ended`; null for a line that was lost. */
  #close(told: EndReason, journalled: EndReason | null): void {
    if (this.#over) return;
    this.#keys.finish(); // what was dialled still counts
    this.#over = true;
    clearTimeout(this.#idleTimer);
    const atMs = this.#reconnect.lostAtMs;
    this.#reconnect.close();
    this.#silence?.close();
    this.#mouth.stop();
    this.#eager.dropAll();
    this.#standby.close();
    this.#ear?.note('hung_up');
    this.#ear?.close();
    this.#deps.link.send({ type: 'ended', reason: told });
    const conclude = (): void => this.#transcript.conclude(journalled, atMs ?? this.#deps.epochMs());
    void this.#turns.close(conclude).then(this.#resolveFinished);
  }
}
