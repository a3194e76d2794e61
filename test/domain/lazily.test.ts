import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { lazily } from '../../src/domain/lazily.js';

test('a schema is made when it is first used, and once', () => {
  let made = 0;
  const Name = lazily(() => {
    made += 1;
    return z.string().min(1);
  });
  expect(made).toBe(0);
  expect(Name.parse('Dana')).toBe('Dana');
  expect(() => Name.parse('')).toThrow();
  expect(made).toBe(1);
});

test('it can be part of others, be extended, and be described, like any schema', () => {
  const Caller = lazily(() => z.object({ name: z.string() }));
  const Reached = Caller.extend({ phone: z.string().optional() });
  const Call = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('in'), caller: Caller }),
    z.object({ kind: z.literal('out'), caller: Reached.array().optional() }),
  ]);
  expect(Call.parse({ kind: 'out', caller: [{ name: 'Dana', phone: '1' }] })).toMatchObject({ kind: 'out' });
  expect(Call.safeParse({ kind: 'in', caller: {} }).error?.issues[0]?.path).toEqual(['caller', 'name']);
  expect(z.toJSONSchema(Call)).toEqual(
    z.toJSONSchema(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('in'), caller: z.object({ name: z.string() }) }),
        z.object({
          kind: z.literal('out'),
          caller: z.array(z.object({ name: z.string(), phone: z.string().optional() })).optional(),
        }),
      ]),
    ),
  );
  expect(Caller instanceof z.ZodObject).toBe(true);
});
