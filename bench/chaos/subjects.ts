/** Whom and what single writes are about: their payloads, and the words that the records must show. */
import { accounts } from '../../standins/lawpay/merchant.js';
import type { Money } from '../../src/domain/money.js';
import type { Dice } from '../fuzz/dice.js';

/** What single writes are, and what each call leaves for certain. */
export type Step = 'contact' | 'matter' | 'note' | 'communication' | 'appointment' | 'task' | 'payment';

export interface Subject {
  first: string;
  last: string;
  /** No two in a run have the same. */
  index: number;
}

const aboutOf = ({ first, last, index }: Subject): string => `${first} ${last} number ${index}`;
const moneyOf = ({ index }: Subject): Money => ({
  amountCents: 5_000 + index,
  currency: 'USD',
  account: index % 2 === 0 ? 'trust' : 'operating',
});

/** Where a write hangs: its key, and the Clio contact or matter it belongs to. */
interface Place {
  key: string;
  contact: number;
  matter: number;
}

/** Any moment will do: nothing that is compared depends on it. */
const [from, until] = ['2026-01-05T18:00:00Z', '2026-01-05T18:30:00Z'];

export function payloadOf(step: Step, subject: Subject, place: Place): unknown {
  const { first, last } = subject;
  const about = aboutOf(subject);
  switch (step) {
    case 'contact':
      return { firstName: first, lastName: last, phoneE164: '+15125550142' };
    case 'matter':
      return { contactId: place.contact, description: about, practiceArea: 'family' };
    case 'note':
      return {
        parent: { type: 'contact', id: place.contact },
        ...{ subject: about, detail: `Detail of ${about}.` },
      };
    case 'communication':
      return { contactId: place.contact, subject: about, body: `Detail of ${about}.`, receivedAt: from };
    case 'appointment':
      return {
        ...{ contactId: place.contact, summary: about, description: `Detail of ${about}.` },
        ...{ startAt: from, endAt: until, allDay: false },
      };
    case 'task':
      return {
        ...{ matterId: place.matter, name: about, description: `Detail of ${about}.`, priority: 'Normal' },
      };
    case 'payment':
      return {
        ...{ money: moneyOf(subject), purpose: 'consultation', reference: place.key },
        payerName: `${first} ${last}`,
      };
  }
}

/** A payment request shows in the charge that whoever follows the link pays: the amount, and into which account. */
export function showsOf(step: Step, subject: Subject): string[] {
  const about = aboutOf(subject);
  switch (step) {
    case 'contact':
      return [subject.first, subject.last];
    case 'matter':
      return [about];
    case 'note':
    case 'communication':
    case 'appointment':
    case 'task':
      return [about, `Detail of ${about}.`];
    case 'payment': {
      const { amountCents, account } = moneyOf(subject);
      const into = accounts.find(({ kind, trust }) => kind === 'card' && trust === (account === 'trust'));
      return [`"amount":${amountCents},`, `"account_id":"${into?.id}"`];
    }
  }
}

const syllables = [
  ...['bar', 'dol', 'fen', 'gar', 'hol', 'jas', 'kel', 'lor'],
  ...['mar', 'nor', 'pel', 'ros', 'sel', 'tor', 'vel', 'wes'],
] as [string, ...string[]];

/** Names that no two share by much, so that a conflict check finds nobody. */
export function nameFrom(dice: Dice): string {
  const name = Array.from({ length: 3 }, () => dice.pick(syllables)).join('');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
