import { nextAct } from '../../src/domain/agent/agent.js';
import type { Act } from '../../src/domain/agent/act.js';
import { extractIntake } from '../../src/domain/extract/intake.js';
import { FirmProfile, handledAreas } from '../../src/domain/firm.js';
import { IntakeRecord } from '../../src/domain/intake.js';
import type { EndReason, Turn } from '../../src/domain/turn.js';

/** 2026-11-18, a Wednesday, 14:05 in Austin. */
export const NOW = Date.parse('2026-11-18T14:05:00-06:00');

export const firm: FirmProfile = FirmProfile.parse({
  tenantId: 'harbor-vale',
  name: 'Harbor & Vale LLP',
  timeZone: 'America/Chicago',
  states: ['TX'],
  practiceAreas: handledAreas,
  consultationFees: { family: { amountCents: 15_000, currency: 'USD', account: 'trust' } },
});

export interface Conversation {
  turns: Turn[];
  acts: Act[];
}

/** A call in which the agent speaks its templates: the greeting, then one reply to each caller line until it closes. */
export function converse(lines: readonly string[], of: FirmProfile = firm, startedAtMs = NOW): Conversation {
  const turns: Turn[] = [];
  const acts: Act[] = [];
  const say = (role: Turn['role'], text: string): void => {
    const number = turns.length + 1;
    turns.push({
      number,
      role,
      text,
      atMs: startedAtMs + number * 1_000,
      input: role === 'agent' ? 'spoken' : 'typed',
    });
  };
  const reply = (): void => {
    const act = nextAct(turns, of);
    acts.push(act);
    say('agent', act.template);
  };
  reply();
  for (const line of lines) {
    say('caller', line);
    reply();
  }
  return { turns, acts };
}

/** The record of such a call; fails when it does not satisfy the schema. */
export function recordOf(
  turns: readonly Turn[],
  options: { firm?: FirmProfile; startedAtMs?: number; endReason?: EndReason; callerIdE164?: string } = {},
): IntakeRecord {
  const startedAtMs = options.startedAtMs ?? NOW;
  const of = options.firm ?? firm;
  return IntakeRecord.parse(
    extractIntake({
      header: {
        tenantId: of.tenantId,
        callId: 'call_0123456789abcdefghij',
        startedAtMs,
        endedAtMs: startedAtMs + 60_000,
        endReason: options.endReason ?? 'caller_hangup',
      },
      turns,
      firm: of,
      ...(options.callerIdE164 === undefined ? {} : { callerIdE164: options.callerIdE164 }),
    }),
  );
}

/** As a recogniser writes it: lower case, no marks. */
export const recognised = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' ]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
