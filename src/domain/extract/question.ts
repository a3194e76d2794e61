/**
 * What the agent's last sentence asked for. A bare "maria lopez", "yes" or a row of digits means something only next to
 * the question it answers, so the policy (agent/) and the reading of words (here) share this list.
 * They stand in the order in which an intake asks them.
 */
export const questions = [
  'recording',
  'reason',
  'safety',
  'name',
  'phone',
  'phone_ok',
  'message',
  'parties',
  'story',
  'when',
  'where',
  'other_lawyer',
  'appointment',
  'anything_else',
] as const;
export type Question = (typeof questions)[number];
