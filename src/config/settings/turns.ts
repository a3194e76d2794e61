/** When the agent speaks, waits and asks again. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { milliseconds, waitMs } from '../values.js';

export const turnsSettings = {
  HERMES_FILLER_MS: setting(
    milliseconds.max(3_000, 'at most 3000: nobody waits longer in silence').default(2_000),
    '2000',
    'With no sound of an answer for this long after the caller’s last word, a short phrase is said. 0: never.',
  ),
  HERMES_SILENCE_MS: setting(
    milliseconds.default(600),
    '600',
    'Silence that ends the answer to an open question. Others follow from it: 0.6 of it for yes or no, 0.75 for a name, 1.5 in mid-phrase; 200 ms after a whole answer; 0.7 to 1.5 of it by the caller’s own pauses. Never under 200 ms nor over 1,200 ms (or this, if longer).',
  ),
  HERMES_HEDGE: setting(
    z
      .enum(['on', 'off'])
      .default('on')
      .transform((v) => v === 'on'),
    'on',
    'Ask a hosted engine a second time when it is later to begin than it nearly ever is; what comes sooner is taken. At most one request in ten is made twice. off: never.',
  ),
  HERMES_EAGER_START: setting(
    z
      .enum(['on', 'off'])
      .default('on')
      .transform((v) => v === 'on'),
    'on',
    'Prepare the answer at the likely end of an utterance, within that silence. off: callers wait longer, and no recognition or model token is spent on answers that are thrown away (at most 20 in a call, three in an utterance).',
  ),
  HERMES_SILENCE_PROMPT_MS: setting(
    waitMs.default(8_000),
    '8000',
    'A caller who says nothing for this long after the agent has spoken is asked whether they are still there. 0: never.',
  ),
  HERMES_SILENCE_AGAIN_MS: setting(waitMs.default(10_000), '10000', 'From that prompt to a second one.'),
  HERMES_SILENCE_CLOSE_MS: setting(
    waitMs.default(15_000),
    '15000',
    'From the second prompt to the goodbye. Callers in danger are not hung up on.',
  ),
  HERMES_LONG_TURN_MS: setting(
    waitMs.default(90_000),
    '90000',
    'A caller who talks for this long is politely cut in on at the next pause.',
  ),
  HERMES_LONGEST_TURN_MS: setting(
    waitMs.default(120_000),
    '120000',
    'A caller who talks for this long is cut in on without a pause.',
  ),
};
