/** What has been understood of a call so far. Immutable; every value keeps the words and the turn it came from. */
import type { PracticeArea } from '../firm.js';
import type { Field, IntakeRecord } from '../intake.js';
import type { CallerKind } from './caller-kind.js';

export interface Facts {
  contact: IntakeRecord['contact'];
  nameStrength: number;
  /** Weight of every area named so far and the words that named it best. */
  areas: Partial<Record<PracticeArea, { weight: number; best: number; field: Field<PracticeArea> }>>;
  /** Phrases already counted: saying "accident" five times is no more evidence than once. */
  phrases: readonly string[];
  narrative: IntakeRecord['matter']['narrative'];
  incidentDate: Field<string> | undefined;
  state: Field<string> | undefined;
  parties: IntakeRecord['parties'];
  /** Whom "her name is …" would refer to. */
  recentRole: string;
  keyDates: IntakeRecord['keyDates'];
  appointment: IntakeRecord['appointment'];
  consents: IntakeRecord['consents'];
  corrections: IntakeRecord['corrections'];
  /** Digits of a number the caller stopped in the middle of, `''` when none. */
  partialDigits: string;
  /** Numbers the caller asked us not to use. */
  refusedPhones: readonly string[];
  /** The caller said that the line they call from is the one to use, and in which turn. */
  thisLine: { turn: number; verbatim: string } | undefined;
  /** The caller said not to call back on the line they call from. */
  thisLineRefused: boolean;
  otherLawyer: 'yes' | 'no' | undefined;
  callerKind: CallerKind;
  /** Turn of the first caller utterance, 0 before it. */
  firstCallerTurn: number;
}

export const nothingKnown: Facts = {
  contact: {},
  nameStrength: 0,
  areas: {},
  phrases: [],
  narrative: [],
  incidentDate: undefined,
  state: undefined,
  parties: [],
  recentRole: 'other_party',
  keyDates: [],
  appointment: undefined,
  consents: {},
  corrections: [],
  partialDigits: '',
  refusedPhones: [],
  thisLine: undefined,
  thisLineRefused: false,
  otherLawyer: undefined,
  callerKind: 'prospect',
  firstCallerTurn: 0,
};

/** The value is what the new statement says; the old one, when different, goes to the corrections. */
export function corrected<T extends string>(
  facts: Facts,
  path: string,
  was: Field<T> | undefined,
  now: T | null,
): Facts {
  if (!was || was.value === now) return facts;
  return { ...facts, corrections: [...facts.corrections, { path, was }] };
}

/** The area with most weight behind it, when it is enough to go by. */
export function areaOf(facts: Facts, enough: number): Field<PracticeArea> | undefined {
  let best: { weight: number; field: Field<PracticeArea> } | undefined;
  for (const area of Object.values(facts.areas)) if (!best || area.weight > best.weight) best = area;
  return best && best.weight >= enough ? best.field : undefined;
}
