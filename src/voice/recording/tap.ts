/** Hears both sides of one call and its turns; the caller's words begin, stop and erase its recording. */
import { heldCard } from '../../domain/recording.js';
import type { Turn } from '../../domain/turn.js';
import { type CallHeader, FRAME_MS, type JournalEvent } from '../ports.js';
import type { CallDeps } from '../session/call-deps.js';
import type { CallerEvent, CallerLink, Playback } from '../session/link.js';
import type { LiveRecording } from './contract.js';

export class Tap {
  readonly #deps: CallDeps;
  readonly #header: CallHeader;
  readonly #turns: Turn[] = [];
  #recording: LiveRecording | null = null;
  /** What the caller has made of it: a recording that was stopped does not go on, but it may still be erased. */
  #takenBack: 'no' | 'stopped' | 'erased' = 'no';
  /** The call is over: nobody speaks any more, though last words may still be understood. */
  #over = false;
  /** The far end's own account of the reply being played, and how much of it was sent. */
  #playback: Playback | undefined;
  #sent = 0;
  /** By the clock: when the far end will have played all it was sent. */
  #playedByMs = 0;

  constructor(deps: CallDeps, header: CallHeader) {
    this.#deps = deps;
    this.#header = header;
  }

  caller(frame: Int16Array): void {
    if (!this.#over) this.#recording?.caller(frame);
  }

  listenTo(link: CallerLink): CallerLink {
    const openPlayback = link.openPlayback?.bind(link);
    return {
      sendFrame: (frame) => {
        this.#agent(frame);
        link.sendFrame(frame);
      },
      send: (event) => {
        this.#told(event);
        link.send(event);
      },
      ...(openPlayback && {
        openPlayback: () => {
          this.#playback = openPlayback();
          this.#sent = 0;
          return this.#playback;
        },
      }),
    };
  }

  /** A turn is over. What the caller says may start, stop or erase the recording. Never throws. */
  journalled(event: JournalEvent): void {
    if (event.kind !== 'turn') return;
    this.#turns.push(event.turn);
    if (event.turn.role !== 'caller') return;
    try {
      this.#recording?.callerTurn(heldCard(event.turn));
      this.#rule();
    } catch (err) {
      this.#deps.logger.error(
        { callId: this.#header.callId, err },
        'a call is not recorded because of a defect',
      );
      this.close();
    }
  }

  close(): void {
    this.#over = true;
    this.#recording?.close();
  }

  #rule(): void {
    const { agent, recorder, mayRecord, logger } = this.#deps;
    const ruling = agent.recording?.(this.#turns) ?? { record: 'no' };
    const { callId } = this.#header;
    if (ruling.record === 'yes' && !this.#recording && !this.#over && recorder && (mayRecord?.() ?? true)) {
      this.#recording = recorder.begin(this.#header, ruling.consent);
      if (this.#recording)
        logger.info({ callId, turn: ruling.consent.turn }, 'the caller agreed: recording begins');
    }
    if (ruling.record !== 'stopped' || !this.#recording) return;
    const takenBack = ruling.erase ? 'erased' : 'stopped';
    if (this.#takenBack === takenBack) return;
    this.#takenBack = takenBack;
    if (ruling.erase) this.#recording.erase();
    else this.#recording.close();
    logger.info({ callId, turn: ruling.turn, takenBack }, 'the caller took the consent back');
  }

  #agent(frame: Int16Array): void {
    this.#sent += 1;
    this.#playedByMs = Math.max(this.#playedByMs, this.#deps.nowMs()) + FRAME_MS;
    if (!this.#over) this.#recording?.agent(frame);
  }

  #told(event: CallerEvent): void {
    if (event.type === 'ended') this.#over = true;
    if (event.type !== 'clear') return;
    this.#recording?.takeBack(this.#unheard());
    this.#playedByMs = 0;
    this.#sent = 0;
    this.#playback = undefined;
  }

  /** Frames that the far end was sent and will not play: by its own account, or else by the clock. */
  #unheard(): number {
    const played = this.#playback?.playedFrames();
    if (played !== undefined) return Math.max(0, this.#sent - played);
    return Math.max(0, Math.ceil((this.#playedByMs - this.#deps.nowMs()) / FRAME_MS));
  }
}
