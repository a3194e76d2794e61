/** What the agent says to a caller who says nothing. When is decided elsewhere (domain/silence-ladder.ts). */
import type { Question } from '../extract/question.js';
import type { FirmProfile } from '../firm.js';
import type { SilenceReach } from '../silence-ladder.js';
import type { Turn } from '../turn.js';
import type { Act, ActKind } from './act.js';
import { replay } from './replay.js';
import type { CallState } from './state.js';

/** First prompts, each leading back to what is open. None hurries: papers and names take a while to find. */
const stillThere: Readonly<Record<Question, string>> = {
  recording: 'Are you still there? Please tell me whether it is okay that this call is recorded.',
  reason: 'Are you still there? In a few words, tell me what you are calling about.',
  safety: 'I am still here. Please tell me if you are safe.',
  name: 'Are you still there? I would like your first and last name.',
  phone: 'Are you still there? Take your time and say the number, or press the keys.',
  phone_ok: 'Are you still there? Please say yes if that number is right.',
  message: 'Are you still there? Tell me your message when you are ready.',
  parties: 'Take your time. Tell me the names when you have them.',
  story: 'Take your time. I am listening when you are ready to tell me what happened.',
  when: 'Are you still there? It is fine if you only know about when it was.',
  where: 'Are you still there? The city or the state is enough.',
  other_lawyer: 'Are you still there? Please tell me if you already have a lawyer for this.',
  appointment: 'Are you still there? Any day and time that suits you is fine.',
  anything_else: 'Are you still there? If there is nothing else, just say no.',
};
const stillThereAtAll = 'Are you still there?';
const notHearing = 'I can not hear you right now. If you are there, please say something.';
const suicidalAgain = [
  'I am still here with you. You can tell me how you are, or call or text 9 8 8 right now.',
  'I am still on the line. If you may hurt yourself, please call 9 1 1 or 9 8 8 now.',
] as const;

const ACKNOWLEDGED = 'What you told me is written down, and someone will call you back.';
const CALL_AGAIN = 'You can call back at any time.';

/**
 * How far the ladder may go after an act. A caller in danger may be hiding: not a sound is made that could give them away.
 * Who speaks of ending their life is not hung up on.
 */
export function silenceReachOf(kind: ActKind): SilenceReach {
  if (kind === 'emergency') return 'mute';
  return kind === 'suicidal' ? 'stay' : 'close';
}

/**
 * What is said at a step of the ladder: a prompt, a second one, the goodbye.
 * @param turns the whole call so far, as heard.
 */
export function silenceAct(turns: readonly Turn[], firm: FirmProfile, step: 1 | 2 | 'close'): Act {
  const state = replay(turns, firm, turns[0]?.atMs ?? 0);
  const asks = state.asked;
  if (step === 'close') return { kind: 'silence_goodbye', template: goodbye(state), closesCall: true, asks };
  return { kind: 'still_there', template: prompt(state, step), closesCall: false, asks };
}

function prompt({ crisis, asked }: CallState, step: 1 | 2): string {
  if (crisis) return suicidalAgain[step - 1] ?? stillThereAtAll;
  if (step === 2) return notHearing;
  return asked === null ? stillThereAtAll : stillThere[asked];
}

/** Somebody to call back is promised only where there is a way to do it. */
function goodbye({ facts }: CallState): string {
  const reachable = facts.contact.phone ?? facts.contact.email ?? facts.thisLine;
  return `I can not hear you, so I am going to end this call. ${reachable ? ACKNOWLEDGED : CALL_AGAIN} Goodbye.`;
}
