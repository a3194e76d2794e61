import type { TenantId } from '../../domain/ids.js';
import type { EndReason, Turn } from '../../domain/turn.js';
import type { CallHeader, CallJournal, WordingRequest } from '../ports.js';

/** No turn is longer than the contract allows (domain/turn.ts). */
const MAX_TURN_CHARS = 20_000;

/** The turns of one call in order, each journalled as it is finished. Numbers count from 1 without gaps. */
export class Transcript {
  readonly #journal: CallJournal;
  readonly #header: CallHeader;
  readonly #turns: Turn[] = [];
  #last = 0;
  #alsoHeard = '';

  constructor(journal: CallJournal, header: CallHeader) {
    this.#journal = journal;
    this.#header = header;
  }

  get tenantId(): TenantId {
    return this.#header.tenantId;
  }

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  /** The conversation as the model sees it: turns of which nothing was heard are left out. */
  history(): WordingRequest['history'] {
    return this.#turns.filter((turn) => turn.text !== '').map(({ role, text }) => ({ role, text }));
  }

  /** The number of the turn that begins now. Every number must be added before the next is taken. */
  nextNumber(): number {
    this.#last += 1;
    return this.#last;
  }

  /** The caller heard this of the agent outside its turns (session/standby.ts): it begins the agent's next turn. */
  alsoHeard(text: string): void {
    this.#alsoHeard = [this.#alsoHeard, text].filter((part) => part !== '').join(' ');
  }

  /** A turn is finished: remembers it and hands it to the journal. */
  add(turn: Turn): void {
    const text = turn.role === 'agent' ? this.#withAlsoHeard(turn.text) : turn.text;
    const kept = { ...turn, text: text.slice(0, MAX_TURN_CHARS) };
    this.#turns.push(kept);
    this.#journal.append(this.#header, { kind: 'turn', turn: kept });
  }

  /** The line broke; the call goes on should the caller come back. */
  lineLost(atMs: number): void {
    this.#journal.append(this.#header, { kind: 'connection_lost', atMs });
  }

  /** The caller is back. */
  lineMended(atMs: number): void {
    this.#journal.append(this.#header, { kind: 'connection_restored', atMs });
  }

  /** The call is over (`reason`), or its line is gone and it may be taken up again (`null`). */
  conclude(reason: EndReason | null, atMs: number): void {
    if (this.#alsoHeard !== '')
      this.add({ number: this.nextNumber(), role: 'agent', text: '', atMs, input: 'spoken' });
    this.#journal.append(
      this.#header,
      reason === null
        ? { kind: 'connection_lost', atMs }
        : { kind: 'ended', reason, atMs, lastTurn: this.#last },
    );
  }

  #withAlsoHeard(text: string): string {
    this.alsoHeard(text);
    const whole = this.#alsoHeard;
    this.#alsoHeard = '';
    return whole;
  }
}
