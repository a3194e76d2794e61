import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changesBetween, masked, maskedChange, mergePatch } from '../../src/domain/masking.js';

describe('a masked payload', () => {
  test('keeps its shape, its numbers and our own words, and hides what a caller told', () => {
    const payload = {
      firstName: 'Dana',
      lastName: 'Whitcomb-Reyes',
      phoneE164: '+15125550142',
      email: 'dana@example.com',
      contactId: 7001,
      practiceArea: 'personal_injury',
      money: { amountCents: 15_000, currency: 'USD', account: 'trust' },
      detail: 'She said that the truck '.repeat(10),
    };
    expect(masked(payload)).toEqual({
      firstName: 'D…',
      lastName: 'W…-R…',
      phoneE164: '…42',
      email: 'd…@example.com',
      contactId: 7001,
      practiceArea: 'personal_injury',
      money: { amountCents: 15_000, currency: 'USD', account: 'trust' },
      detail: '[240 characters]',
    });
  });

  test('never shows a word of more than one letter of an unknown field', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{2,12}( [a-z]{2,12}){0,4}$/), (text) => {
        const [plain, { deeper }] = (
          masked({ x: [text, { deeper: text }] }) as { x: [string, { deeper: string }] }
        ).x;
        expect(plain).toBe(deeper);
        expect(plain).toMatch(/^[a-z]…( [a-z]…)*$/);
      }),
    );
  });
});

describe('changes', () => {
  test('name the fields that differ, and a change of a name is masked by that name', () => {
    const before = { firstName: 'Dana', parent: { type: 'matter', id: 1 }, email: 'd@example.com' };
    const after = { firstName: 'Dona', parent: { type: 'contact', id: 1 }, phoneE164: '+15125550142' };
    expect(changesBetween(before, after).map(maskedChange)).toEqual([
      { field: 'email', before: 'd…@example.com', after: undefined },
      { field: 'firstName', before: 'D…', after: 'D…' },
      { field: 'parent.type', before: 'matter', after: 'contact' },
      { field: 'phoneE164', before: undefined, after: '…42' },
    ]);
  });

  test('are none between equal payloads, and a merge patch makes exactly the changes it names', () => {
    const json = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue());
    fc.assert(
      fc.property(json, (payload) => {
        expect(changesBetween(payload, structuredClone(payload))).toEqual([]);
      }),
    );
    const before = { a: 1, b: { c: 2, d: 3 } };
    expect(mergePatch(before, { b: { c: null, e: 5 }, f: [1] })).toEqual({ a: 1, b: { d: 3, e: 5 }, f: [1] });
    expect(before).toEqual({ a: 1, b: { c: 2, d: 3 } });
  });
});
