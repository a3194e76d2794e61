import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { sampleOf } from '../../../standins/openai/chat/schema-sample.js';

describe('a sample of a JSON schema', () => {
  test('satisfies the schema it was made from', () => {
    const Intake = z.strictObject({
      name: z.string().min(2),
      area: z.enum(['personal_injury', 'family']),
      phone: z.string().nullable(),
      injuredOn: z.iso.date(),
      parties: z.array(z.strictObject({ name: z.string() })).min(1),
      urgency: z.int().min(1).max(5),
      consent: z.boolean(),
      source: z.union([z.literal('caller'), z.literal('agent')]),
    });
    const sample = sampleOf(z.toJSONSchema(Intake));
    expect(Intake.parse(sample)).toMatchObject({ area: 'personal_injury', phone: null, urgency: 1 });
  });

  test('follows references inside the document', () => {
    const schema = {
      type: 'object',
      required: ['party'],
      properties: { party: { $ref: '#/$defs/Party' } },
      $defs: { Party: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
    };
    expect(sampleOf(schema)).toEqual({ party: { name: '' } });
  });

  test('prefers null wherever null may stand', () => {
    expect(sampleOf({ anyOf: [{ type: 'string' }, { type: 'null' }] })).toBeNull();
    expect(sampleOf({ type: ['string', 'null'] })).toBeNull();
    expect(sampleOf({ enum: ['a', null] })).toBeNull();
  });
});
