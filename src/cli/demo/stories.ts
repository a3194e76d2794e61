import type { CallerScript } from '../caller/script.js';

/** The first caller: a paid consultation, so that the call ends with a payment link as well. */
export const divorceCaller: CallerScript = {
  title: 'Maria Lopez calls about a divorce',
  voice: 'slt',
  turns: [
    { caller: 'Yes, recording is fine. I need a lawyer for my divorce.' },
    { caller: 'Yes, I am safe.' },
    { caller: 'My name is Maria Lopez.' },
    { caller: 'Five one two, five five five, zero one four two.' },
    { caller: 'Yes, that is right.' },
    { caller: 'My husband is Daniel Lopez.' },
    { caller: 'We separated on march fifth and I want custody of the children.' },
    { caller: 'No, I have no other lawyer.' },
    { caller: 'No, that is all. Thank you.' },
  ],
};

/** The second caller rings while Clio is down and must notice nothing. */
export const accidentCaller: CallerScript = {
  title: 'Robert Miller calls about a car accident, while Clio is down',
  voice: 'rms',
  turns: [
    { caller: 'Yes, that is fine. I was hurt in a car accident.' },
    { caller: 'My name is Robert Miller.' },
    { caller: 'Two one four, five five five, zero one seven seven.' },
    { caller: 'Yes, that is correct.' },
    { caller: 'The other driver was Susan Baker.' },
    { caller: 'It happened on november fourteenth. A truck hit me from behind.' },
    { caller: 'No, I have no other lawyer.' },
    { caller: 'No, that is all. Thank you.' },
  ],
};
