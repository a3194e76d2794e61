/** What is whispered to the person who takes over a call, before the caller is on the line. */
import type { FirmProfile, PracticeArea } from '../firm.js';
import type { Turn } from '../turn.js';
import { knownArea } from './plan.js';
import { replay } from './replay.js';
import { nameAloud } from './speech.js';

const areasAloud: Readonly<Record<PracticeArea, string>> = {
  personal_injury: 'an injury',
  family: 'a family matter',
  criminal: 'a criminal matter',
  immigration: 'an immigration matter',
  bankruptcy: 'a bankruptcy',
  estate: 'an estate',
  employment: 'an employment matter',
  landlord_tenant: 'a landlord and tenant matter',
  out_of_scope: 'a matter outside the firm’s areas',
};

/**
 * Name, matter, urgency and no more: whoever picks up may be anybody, and hears the rest from the caller.
 * @param turns the whole call so far, as heard.
 * @returns sentences fit to be spoken, under 40 words.
 */
export function whisper(turns: readonly Turn[], firm: FirmProfile): string {
  const state = replay(turns, firm, turns[0]?.atMs ?? 0);
  const { contact, keyDates, callerKind } = state.facts;
  const name = [contact.firstName?.value, contact.lastName?.value].filter((part) => part !== undefined);
  const who = name.length > 0 ? nameAloud(name.join(' ')) : 'A caller who gave no name';
  const area = knownArea(state);
  const about =
    callerKind === 'existing_client'
      ? ', a client of the firm,'
      : area === undefined
        ? ''
        : `, about ${areasAloud[area]},`;
  const urgent = keyDates.some(({ value }) => value.type !== 'incident' && value.type !== 'other');
  return `${who}${about} asks for a person.${urgent ? ' It is urgent: there is a date to keep.' : ''}`;
}
