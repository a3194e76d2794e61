import type { Dice } from '../dice.js';
import { binaryPacket, textPacket, type Packet } from '../packet.js';
import { pcmBytes, soundsAt, turnOf } from '../sounds.js';
import { wordsOf } from '../words.js';
import type { Conversation } from './conversation.js';

const sounds = soundsAt(16_000);

/** The native transport (src/voice/wire.ts): a call that speaks, types, pings, and mostly says goodbye. */
export const nativeConversation: Conversation = {
  name: 'native',
  *packets(token, dice) {
    const output = dice.pick(['audio', 'audio', 'text']);
    yield textPacket({ type: 'start', token, input: dice.pick(['audio', 'audio', 'text']), output });
    for (let turns = 1 + dice.upTo(5); turns > 0; turns--) yield* turn(dice);
    if (dice.chance(0.7)) yield textPacket({ type: 'end' });
  },
};

function* turn(dice: Dice): Generator<Packet> {
  if (dice.chance(0.2)) yield textPacket({ type: 'text', text: wordsOf(dice) });
  if (dice.chance(0.2)) yield textPacket({ type: 'ping', id: String(dice.upTo(1_000)) });
  for (const frame of turnOf(sounds, dice)) yield binaryPacket(pcmBytes(frame));
}
