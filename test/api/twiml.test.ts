import { expect, test } from '@jest/globals';
import { connectTwiml, hangUpTwiml, toPersonTwiml } from '../../src/api/twiml.js';

const head = '<?xml version="1.0" encoding="UTF-8"?>';

test('a call is connected to the stream, with the token as a parameter and a person behind it', () => {
  expect(
    connectTwiml({
      streamUrl: 'wss://voice.example.com/api/v1/voice/twilio',
      token: 'hs_firm-a.x',
      afterUrl: 'https://voice.example.com/after',
      telephone: '+15125550123',
    }),
  ).toBe(
    `${head}<Response><Connect action="https://voice.example.com/after">` +
      '<Stream url="wss://voice.example.com/api/v1/voice/twilio"><Parameter name="token" value="hs_firm-a.x"/></Stream>' +
      '</Connect><Dial>+15125550123</Dial></Response>',
  );
});

test('nothing a value holds can become markup', () => {
  const twiml = connectTwiml({
    streamUrl: 'wss://x/?a=1&b=2',
    token: `"/><Dial>'+1900\u0000`,
    afterUrl: 'https://x/"><Hangup/>',
    telephone: '<Play>&</Play>',
  });
  expect(twiml).toContain('wss://x/?a=1&amp;b=2');
  expect(twiml).toContain('value="&quot;/&gt;&lt;Dial&gt;&apos;+1900"');
  expect(twiml).toContain('<Dial>&lt;Play&gt;&amp;&lt;/Play&gt;</Dial>');
  expect(twiml.match(/<Dial>/g)).toHaveLength(1);
  expect(twiml).not.toContain('<Hangup/>');
});

test('a finished call is hung up; without a number to dial the caller is told to call again', () => {
  expect(hangUpTwiml()).toBe(`${head}<Response><Hangup/></Response>`);
  expect(toPersonTwiml(undefined)).toBe(
    `${head}<Response><Say>We are sorry, the line was lost. Please call again.</Say><Hangup/></Response>`,
  );
});
