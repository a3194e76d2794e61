/** What the processor says to a card or bank account. */
export interface Verdict {
  failureCode?: string;
  /** The processor broke down: HTTP 500, with the id of the stored transaction. */
  isBreakdown?: boolean;
  cvvResult?: string;
  avsResult?: string;
}

/** LawPay's documented trigger numbers; there are no trigger amounts. Any other number that passes Luhn is fine. */
const cards: Readonly<Record<string, Verdict>> = {
  '4000000000000002': { failureCode: 'card_declined' },
  '4000000000000044': { failureCode: 'card_declined_insufficient_funds' },
  '4000000000000051': { failureCode: 'card_declined_limit_exceeded' },
  '4000000000000069': { failureCode: 'card_expired' },
  '4000000000000119': { failureCode: 'card_declined_processing_error' },
  '4000000000000127': { failureCode: 'card_declined_hold' },
  '4000000000000135': { failureCode: 'card_type_not_accepted' },
  '4242424242424241': { failureCode: 'card_number_invalid' },
  '4000000000000143': { failureCode: 'card_processing_error', isBreakdown: true },
  '4000000000000077': { cvvResult: 'NOT_AVAILABLE' },
  '4000000000000101': { cvvResult: 'NO_MATCH' },
  '4000000000000010': { avsResult: 'NO_MATCH' },
  '4000000000000085': { avsResult: 'NOT_AVAILABLE' },
  '4000000000000093': { avsResult: 'ERROR' },
};

const bankAccounts: Readonly<Record<string, Verdict>> = {
  '1000000001': { failureCode: 'ach_declined' },
  '1000000002': { failureCode: 'ach_declined_hold' },
  '1000000003': { failureCode: 'ach_declined_duplicate' },
  '1000000004': { failureCode: 'ach_invalid_account_number' },
  '1000000005': { failureCode: 'ach_insufficient_funds' },
  '1000000006': { failureCode: 'ach_account_not_found' },
  '1000000007': { failureCode: 'ach_account_closed' },
  '1000000008': { failureCode: 'ach_account_frozen' },
  '1000000009': { failureCode: 'ach_limit_exceeded' },
  '1000000010': { failureCode: 'ach_processing_error', isBreakdown: true },
};
const badRouting = '000000001';
const triggerRouting = '000000013';

/** @param expiry first moment at which the card is no longer good, milliseconds since the epoch. */
export function cardVerdict(number: string, expiryMs: number, nowMs: number): Verdict {
  const scripted = cards[number];
  if (scripted) return scripted;
  if (!passesLuhn(number)) return { failureCode: 'card_number_invalid' };
  return nowMs >= expiryMs ? { failureCode: 'card_expired' } : {};
}

export function bankVerdict(routing: string, account: string): Verdict {
  if (routing === badRouting) return { failureCode: 'ach_invalid_routing_number' };
  return (routing === triggerRouting ? bankAccounts[account] : undefined) ?? {};
}

function passesLuhn(number: string): boolean {
  const digits = Array.from(number, Number).reverse();
  const sum = digits.reduce((total, digit, index) => {
    const weighted = index % 2 === 1 ? digit * 2 : digit;
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return digits.length >= 12 && sum % 10 === 0;
}
