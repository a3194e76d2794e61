/** What a payer sees on our payment page, told by what is known of the current attempt. */
import { z } from 'zod';
import { TenantId } from '../ids.js';
import type { MovementState } from './movement.js';

/** Why money is asked for, in the words of the page; never anything of the matter. */
export const purposes = {
  consultation: 'Consultation fee',
  retainer: 'Retainer',
  invoice: 'Invoice',
} as const;
export const Purpose = z.enum(['consultation', 'retainer', 'invoice']);
export type Purpose = z.infer<typeof Purpose>;

/**
 * What stands in the address: the firm, and 32 random bytes as 43 base64url characters. Whoever has it may see the amount
 * and pay it, nothing else.
 */
export const PageAddress = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,39}\.[\w-]{43}$/)
  .transform((text) => {
    const [tenantId = '', secret = ''] = text.split('.');
    return { tenantId: TenantId.parse(tenantId), secret };
  });

/** Tries with a card before the page is shut: people mistype twice, thieves try lists. */
export const MAX_ATTEMPTS = 6;
/** A charge is answered in seconds; with this long gone nobody should sit and wait. Milliseconds. */
const LONG_MS = 45_000;
/** Life of a token that was not used, by the shorter of LawPay's two accounts of it. Milliseconds. */
export const TOKEN_LIFE_MS = 300_000;

/** The current attempt, and what our ledger knows of it. */
export interface AttemptNow {
  attempts: number;
  attemptedAtMs: number;
  /** Whether the token still waits for its write to begin. */
  isWaiting: boolean;
  movement: { state: MovementState; status: string | null; failureCode: string | null };
}

export type PageState =
  /** The form; after a declined card with the reason. */
  | { kind: 'open'; declined?: string }
  | { kind: 'working' }
  /** It takes long, and nothing may have been charged; the payer need not wait, and must not pay again. */
  | { kind: 'delayed' }
  | { kind: 'paid' }
  | { kind: 'returned' }
  | { kind: 'shut'; why: 'expired' | 'attempts' };

export function pageState(page: { expiresAtMs: number; attempt?: AttemptNow }, nowMs: number): PageState {
  const { attempt } = page;
  const open = (declined?: string): PageState => {
    if (attempt && attempt.attempts >= MAX_ATTEMPTS) return { kind: 'shut', why: 'attempts' };
    if (nowMs >= page.expiresAtMs) return { kind: 'shut', why: 'expired' };
    return { kind: 'open', ...(declined !== undefined && { declined }) };
  };
  if (!attempt) return open();
  const { state, status, failureCode } = attempt.movement;
  switch (state) {
    case 'ready':
    case 'sent':
      return { kind: nowMs - attempt.attemptedAtMs < LONG_MS ? 'working' : 'delayed' };
    case 'closed':
      return open(declineWords('token_expired'));
    case 'answered':
      if (status === 'FAILED') return open(declineWords(failureCode ?? ''));
      if (status === 'PENDING') return { kind: 'delayed' };
      return { kind: status === 'VOIDED' ? 'returned' : 'paid' };
  }
}

/** Whether an attempt has been given up before it began: its token is dead, and nothing was sent. */
export const isStale = ({ isWaiting, attemptedAtMs, movement }: AttemptNow, nowMs: number): boolean =>
  isWaiting && movement.state === 'ready' && nowMs - attemptedAtMs > TOKEN_LIFE_MS;

const words: Readonly<Record<string, string>> = {
  card_number_invalid: 'The card number is not valid. Please check it.',
  card_number_incorrect: 'The card number is not correct. Please check it.',
  card_expired: 'The card has expired.',
  card_cvv_incorrect: 'The security code does not match the card.',
  card_avs_rejected: 'The billing ZIP code does not match the card.',
  card_type_not_accepted: 'The firm does not take this kind of card.',
  card_declined_insufficient_funds: 'The bank says that there is not enough money on the card.',
  card_declined_limit_exceeded: 'The amount is above the limit of the card.',
  token_expired: 'That took too long, so the card must be entered again.',
};

/** What a payer is told of a card that was not charged: what helps them, not what helps a thief. */
export const declineWords = (code: string): string =>
  words[code] ?? 'The bank did not accept the card. Please try another one, or ask your bank.';
