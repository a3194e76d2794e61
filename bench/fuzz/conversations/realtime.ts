import type { Dice } from '../dice.js';
import { textPacket, type Packet } from '../packet.js';
import type { AudioFormat } from '../../../src/voice/transports/realtime/client-events.js';
import { mulawBytes, pcmBytes, type Sounds, soundsAt, turnOf } from '../sounds.js';
import { wordsOf } from '../words.js';
import type { Conversation } from './conversation.js';

interface Format {
  format: AudioFormat;
  sounds: Sounds;
  bytes: (frame: Int16Array) => Buffer;
}
const formats: readonly [Format, ...Format[]] = [
  { format: { type: 'audio/pcm', rate: 24_000 }, sounds: soundsAt(24_000), bytes: pcmBytes },
  { format: { type: 'audio/pcmu' }, sounds: soundsAt(8_000), bytes: mulawBytes },
];
/** An identifier as clients make them up; the edge's own are not known before it has told them. */
const idOf = (dice: Dice): string => `item_${dice.upTo(20)}`;

/** A client of the OpenAI Realtime API: settings, audio, commits, typed turns, and requests at odd moments. */
export const realtimeConversation: Conversation = {
  name: 'realtime',
  headers: (token) => ({ authorization: `Bearer ${token}` }),
  *packets(_token, dice) {
    const voice = dice.pick(formats);
    yield textPacket(updateOf(voice, dice));
    for (let turns = 1 + dice.upTo(5); turns > 0; turns--) yield* turn(voice, dice);
  },
};

function* turn({ sounds, bytes }: Format, dice: Dice): Generator<Packet> {
  if (dice.chance(0.4)) yield textPacket(requestOf(dice));
  if (dice.chance(0.2)) {
    yield textPacket(typedTurn(dice));
    yield textPacket({ type: 'response.create' });
  }
  for (const frame of turnOf(sounds, dice)) {
    yield textPacket({ type: 'input_audio_buffer.append', audio: bytes(frame).toString('base64') });
    if (dice.chance(0.005)) yield textPacket(requestOf(dice));
  }
  if (dice.chance(0.2)) yield textPacket({ type: 'input_audio_buffer.commit' });
}

const updateOf = ({ format }: Format, dice: Dice): object => ({
  type: 'session.update',
  session: {
    type: 'realtime',
    output_modalities: [dice.pick(['audio', 'audio', 'text'])],
    audio: {
      input: {
        format,
        turn_detection: dice.chance(0.8) ? { type: 'server_vad', silence_duration_ms: 200 } : null,
      },
      output: { format },
    },
  },
});

const typedTurn = (dice: Dice): object => ({
  type: 'conversation.item.create',
  item: {
    type: 'message',
    id: idOf(dice),
    role: 'user',
    content: [{ type: 'input_text', text: wordsOf(dice) }],
  },
});

function requestOf(dice: Dice): object {
  const item_id = idOf(dice);
  return dice.pick([
    { type: 'response.create' },
    { type: 'response.cancel' },
    { type: 'input_audio_buffer.commit' },
    { type: 'input_audio_buffer.clear' },
    { type: 'output_audio_buffer.clear' },
    { type: 'conversation.item.retrieve', item_id },
    { type: 'conversation.item.delete', item_id },
    { type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms: dice.upTo(5_000) },
  ]);
}
