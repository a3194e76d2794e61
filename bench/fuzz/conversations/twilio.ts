import type { Dice } from '../dice.js';
import { textPacket, type Packet } from '../packet.js';
import { mulawBytes, soundsAt, turnOf } from '../sounds.js';
import type { Conversation } from './conversation.js';

const sounds = soundsAt(8_000);
const streamSid = 'MZ0123456789abcdef0123456789abcdef';
const KEYS = '0123456789*#ABCD';

/** A media stream: packets with time stamps, keys, echoed marks, and mostly a `stop`. */
export const twilioConversation: Conversation = {
  name: 'twilio',
  *packets(token, dice) {
    let sequence = 0;
    let atMs = 0;
    const say = (event: string, body: object): Packet =>
      textPacket({ event, sequenceNumber: String((sequence += 1)), streamSid, ...body });
    yield textPacket({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    yield say('start', { start: startOf(token) });
    for (let turns = 1 + dice.upTo(5); turns > 0; turns--) {
      if (dice.chance(0.2)) yield say('dtmf', { dtmf: { track: 'inbound_track', digit: keyOf(dice) } });
      for (const frame of turnOf(sounds, dice)) {
        const payload = mulawBytes(frame).toString('base64');
        const media = { track: 'inbound', chunk: String(sequence), timestamp: String(atMs), payload };
        if (!dice.chance(0.02)) yield say('media', { media });
        atMs += dice.chance(0.01) ? dice.upTo(4_000) : 20;
        if (dice.chance(0.1)) yield say('mark', { mark: { name: `1.${dice.upTo(200)}` } });
      }
    }
    if (dice.chance(0.7)) yield say('stop', { stop: { accountSid: 'AC0', callSid: 'CA0' } });
  },
};

const keyOf = (dice: Dice): string => KEYS.charAt(dice.upTo(KEYS.length));

const startOf = (token: string): object => ({
  accountSid: 'AC0',
  callSid: 'CA0',
  streamSid,
  tracks: ['inbound'],
  mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 },
  customParameters: { token },
});
