/** What stands behind a transport in its tests: real calls with engines that are sure of themselves, and who may call. */
import type { Turn } from '../../../../src/domain/turn.js';
import type { JournalEvent } from '../../../../src/voice/ports.js';
import { defaultSessionOptions } from '../../../../src/voice/session/options.js';
import { type CallRegistry, createCallRegistry } from '../../../../src/voice/session/registry.js';
import type { TransportDeps } from '../../../../src/voice/transports/transport-deps.js';
import { eventually } from '../../../support/eventually.js';
import { capturingLogger, type LogLine } from '../../../support/log.js';
import { agent, header, scriptedModel, toneVoice } from '../../session/support/line.js';
import { loudness, toneEars } from './tone-words.js';

/** Agent audio for each character of its words, unless a test is in a hurry. */
export const MS_PER_CHAR = 20;

export class Exchange {
  readonly registry: CallRegistry = createCallRegistry({ maxCalls: 3 });
  readonly logged: LogLine[];
  readonly deps: TransportDeps;
  readonly #journal = new Map<string, JournalEvent[]>();
  readonly #used = new Set<string>();

  /** @param msPerChar agent audio for each character of its words. */
  constructor(msPerChar = MS_PER_CHAR) {
    const { logger, lines } = capturingLogger();
    this.logged = lines;
    this.deps = {
      claim: (token) => this.claim(token),
      registry: this.registry,
      call: {
        providers: { stt: toneEars(), llm: scriptedModel, tts: toneVoice(msPerChar) },
        createVad: loudness,
        journal: { append: ({ callId }, event) => void this.#of(callId).push(event) },
        timing: { record: () => undefined, recordError: () => undefined },
        filter: () => true,
        logger,
        nowMs: () => performance.now(),
        epochMs: () => Date.now(),
      },
      options: defaultSessionOptions,
    };
  }

  journal(token: string): JournalEvent[] {
    return this.#of(callIdOf(token));
  }

  turns(token: string): Turn[] {
    return this.journal(token).flatMap((event) => (event.kind === 'turn' ? [event.turn] : []));
  }

  turn(token: string, number: number, withinMs = 5_000): Promise<Turn> {
    return eventually(() => this.turns(token).find((turn) => turn.number === number)!, {
      withinMs,
      everyMs: 5,
      what: `turn ${number}`,
    });
  }

  /** How the call ended, once it has. */
  end(token: string): Promise<string> {
    const isEnd = ({ kind }: JournalEvent): boolean => kind !== 'turn';
    return eventually(
      () => {
        const last = this.journal(token).find(isEnd);
        return last?.kind === 'ended' ? last.reason : last?.kind;
      },
      { withinMs: 5_000, everyMs: 5, what: 'the end of the call' },
    );
  }

  #of(callId: string): JournalEvent[] {
    const events = this.#journal.get(callId) ?? [];
    this.#journal.set(callId, events);
    return events;
  }

  /** What a token opens: `token-N` opens call N, once, and again while its caller is waited for. `slow-…` gets no answer, `crash-…` fails. */
  async claim(token: string): ReturnType<TransportDeps['claim']> {
    await Promise.resolve();
    if (token.startsWith('slow-')) return new Promise(() => undefined);
    if (token.startsWith('crash-')) throw new Error('the database is away');
    if (!token.startsWith('token-')) return { ok: false, why: 'bad_token' };
    const claimed = { ok: true, agent, header: { ...header, callId: callIdOf(token) } } as const;
    if (this.registry.isAway(callIdOf(token))) return { ...claimed, back: true };
    if (!this.registry.hasRoom) return { ok: false, why: 'busy' };
    if (this.#used.has(token)) return { ok: false, why: 'replayed_token' };
    this.#used.add(token);
    return claimed;
  }
}

const callIdOf = (token: string): string => `call_${token.slice(6).padStart(20, '0')}`;
