/** The agent's own sentences. Short, warm, one question each; numbers as words; nothing a lawyer would have to take back. */
import type { Question } from '../extract/question.js';

/** First and second wording of each question; there is no third. */
export const askWords: Readonly<Record<Question, readonly [string, string]>> = {
  recording: [
    'Is it okay that this call is recorded?',
    'I just need a yes or no. Is it okay that this call is recorded?',
  ],
  reason: ['In one sentence, what are you calling about?', 'What kind of legal problem is it?'],
  safety: ['Before we go on, are you safe where you are right now?', 'Are you safe right now, yes or no?'],
  name: [
    'May I have your first and last name?',
    'I did not catch your full name. What is your first and last name?',
  ],
  phone: [
    'What is the best phone number to reach you, with the area code?',
    'I did not get the whole number. Please say it again slowly, starting with the area code.',
  ],
  phone_ok: ['I have {phone}. Is that right?', 'Now I have {phone}. Is that right?'],
  message: ['What message should I pass on?', 'What should I tell them?'],
  parties: [
    'Before the details, who else is involved? Please give me the names of the other people and companies.',
    'Are there any other people or companies involved that I should write down?',
  ],
  story: [
    'Please give me just the outline, the attorney will want the details privately. What happened, when, and in which city and state?',
    'In a few words, what happened?',
  ],
  when: ['When did it happen?', 'About when was that?'],
  where: ['Which city and state was that in?', 'Which state was that in?'],
  other_lawyer: [
    'Do you already have a lawyer for this?',
    'Is another lawyer already helping you with this?',
  ],
  appointment: [
    'On which day and at what time would you like the attorney to call you? I will pass on your wish, the firm confirms it.',
    'Which day would suit you for a call with the attorney?',
  ],
  anything_else: ['Is there anything else the attorney should know?', 'Anything else?'],
};

/** Areas in which the question is what lies ahead, not when something happened. */
export const DATE_AHEAD: readonly [string, string] = [
  'Is there any date coming up, such as a hearing or a date printed on a paper?',
  'Do any of your papers show a date?',
];

export const emergencyWords = [
  'Please hang up and call 9 1 1 now. If you cannot speak, 9 1 1 may take texts. The firm can talk with you when you are safe.',
  'Please call 9 1 1 now, or get to a safe place first. If you are safe, tell me, I am safe, and we can go on.',
] as const;
export const suicidalWords = [
  'I am glad you told me. You can call or text 9 8 8 right now. Press one for veterans, two for Spanish. Are you alone, or in danger right now?',
  'I am still here with you. Please call or text 9 8 8 now, and 9 1 1 if you may hurt yourself. Is someone with you?',
] as const;

export const interruptWords = {
  recording_refused: 'That is fine. I will not record this call, and I will only take short notes.',
  disclose_ai:
    'I am an AI assistant, not a person and not a lawyer. A person from the firm can call you back if you like.',
  decline_advice:
    'I cannot say, that is a question for an attorney. I am marking it so that an attorney can talk with you about it.',
  offer_person: 'Of course. I will have a person from the firm call you back.',
  refuse_card:
    'Please stop there. I do not take card numbers on the phone, and I have not kept it. The firm can send a secure link.',
  stay_in_role: 'I cannot help with that, but I can take a message for the firm.',
} as const;

export const closingWords = {
  transfer: 'Of course. I am handing you over to a person from the firm now. One moment, please.',
  wrong_number: 'No problem, it seems you have the wrong number. Goodbye.',
  goodbye: 'Thank you for calling. Goodbye.',
  handover: 'I have passed this to the firm, and someone will call you back.',
  disclosure:
    'I am not a lawyer and gave no legal advice. There is no attorney client relationship until the firm agrees in writing. Please keep your papers and mind any dates on them. If you are ever in danger, call 9 1 1. Goodbye.',
  referral:
    'I am sorry, the firm does not handle that kind of matter. Time limits may apply, so please speak with another lawyer soon. Your state bar can refer you. I am not a lawyer, gave no legal advice, and no attorney client relationship was formed. Goodbye.',
} as const;
