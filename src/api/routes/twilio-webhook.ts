/** How Twilio asks, and what it is answered. */
import { z } from 'zod';
import { problemAnswers } from '../plugins/openapi.js';

export const TwilioFields = z
  .record(z.string(), z.string())
  .describe('The form Twilio sends; all of it is signed.');
const answers = {
  200: {
    description: 'Instructions for the call (TwiML).',
    content: { 'text/xml': { schema: z.string() } },
  },
  ...problemAnswers,
};
/** What all of these webhooks have in common. */
export const twilioBase = {
  tags: ['Calls'],
  security: [{ twilioSignature: [] }],
  body: TwilioFields,
  response: answers,
};
