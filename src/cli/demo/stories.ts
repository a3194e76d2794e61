import type { CallerScript } from '../caller/script.js';

/** The last line answers whatever the script does not foresee, too. */
const goodbye = [
  { hears: 'lawyer for this', caller: 'I have no other lawyer.' },
  { hears: 'another lawyer', caller: 'I have no other lawyer.' },
  { caller: 'No, nothing else.' },
];

/** The first caller: a paid consultation, so that the call ends with a payment link as well. */
export const divorceCaller: CallerScript = {
  title: 'Maria Lopez calls about a divorce',
  voice: 'slt',
  turns: [
    { caller: 'Yes, recording is fine. I need a lawyer for my divorce.' },
    { hears: 'are you safe', caller: 'Yes, I am safe.' },
    { hears: 'last name', caller: 'My name is Maria Lopez.' },
    { hears: 'phone number', caller: 'Five one two, five five five, zero one four two.' },
    { hears: 'is that right', caller: 'Yes, that is right.' },
    { hears: 'who else is involved', caller: 'My husband is Daniel Lopez.' },
    { hears: 'what happened', caller: 'We separated on october tenth. I want custody of the children.' },
    { hears: 'city and state', caller: 'In Austin, Texas.' },
    ...goodbye,
  ],
};

/** The second caller rings while Clio is down and must notice nothing. */
export const accidentCaller: CallerScript = {
  title: 'Robert Miller calls about a car accident while Clio is down',
  voice: 'rms',
  turns: [
    { caller: 'Yes, that is fine. I was hurt in a car accident.' },
    { hears: 'last name', caller: 'My name is Robert Miller.' },
    { hears: 'phone number', caller: 'Two one four, five five five, zero one seven seven.' },
    { hears: 'is that right', caller: 'Yes, that is correct.' },
    { hears: 'who else is involved', caller: 'The other driver was Susan Baker.' },
    { hears: 'what happened', caller: 'It happened on november fourteenth. A truck hit me from behind.' },
    { hears: 'city and state', caller: 'In Dallas, Texas.' },
    ...goodbye,
  ],
};
