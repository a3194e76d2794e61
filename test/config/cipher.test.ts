import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createCipher } from '../../src/config/cipher.js';

const cipher = createCipher(randomBytes(32));

test('what was sealed opens again, and never looks the same twice', () => {
  const [one, two] = [cipher.seal('tökén', 'acme/clio'), cipher.seal('tökén', 'acme/clio')];
  expect(cipher.open(one, 'acme/clio')).toBe('tökén');
  expect(one.equals(two)).toBe(false);
  expect(one.includes('tökén')).toBe(false);
});

test('a secret does not open for another firm, under another key, changed, or cut', () => {
  const sealed = cipher.seal('token', 'acme/clio');
  const changed = Buffer.from(sealed);
  changed[20] = (changed[20] ?? 0) ^ 1;
  expect(() => cipher.open(sealed, 'other/clio')).toThrow();
  expect(() => createCipher(randomBytes(32)).open(sealed, 'acme/clio')).toThrow();
  expect(() => cipher.open(changed, 'acme/clio')).toThrow();
  expect(() => cipher.open(sealed.subarray(0, 20), 'acme/clio')).toThrow('not sealed');
  expect(() => createCipher(randomBytes(16))).toThrow(RangeError);
});
