import { expect, test } from '@jest/globals';
import { isOnlyBackchannel } from '../../../src/domain/turntaking/backchannel.js';

test.each(['Mm-hm.', 'uh huh', 'Uh-huh, mm.', 'Hmm...', 'um', 'ah', 'Mhm', 'mmhmm', 'Er, um'])(
  '"%s" says nothing',
  (text) => expect(isOnlyBackchannel(text)).toBe(true),
);

test.each(['', '...', 'yes', 'okay', 'no', 'um wait', 'uh-huh yes', 'Emma', 'her', 'ham', '8'])(
  '"%s" may be an answer, or is nothing at all',
  (text) => expect(isOnlyBackchannel(text)).toBe(false),
);
