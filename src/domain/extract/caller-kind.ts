/** Who calls, when it is not a person with a new problem. */
import type { Utterance } from './utterance.js';

export type CallerKind = 'prospect' | 'existing_client' | 'vendor' | 'wrong_number';

const WRONG_NUMBER = /\b(?:(?:have|got|dialed|is) (?:the )?wrong number|wrong number)\b/;
const EXISTING =
  /\b(?:already (?:a|your) client|i am (?:a|an existing|a current|your) client|existing client|current client|my (?:attorney|lawyer) (?:is|there)|(?:status|update) (?:of|on) my case|(?:check|checking|calling) (?:on|about) my case)\b/;
const VENDOR =
  /\b(?:google listing|business listing|search engine|seo|web ?site traffic|marketing (?:agency|services|package)|merchant services|business loan|managing partner 's call|more leads|advertising (?:agency|package)|who handles your marketing)\b/;

/** Null when these words do not tell. */
export function callerKind(u: Utterance): CallerKind | null {
  if (WRONG_NUMBER.test(u.plain)) return 'wrong_number';
  if (VENDOR.test(u.plain)) return 'vendor';
  return EXISTING.test(u.plain) ? 'existing_client' : null;
}
