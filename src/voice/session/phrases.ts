/** What the agent says about the line itself. Everything about the intake comes from the agent port. */
export const phrases = {
  notHeard: 'I am sorry, I did not catch that. Could you say it again?',
  recogniserFailed:
    'I am sorry, I am having trouble hearing you. Please say that again, or type it if you can.',
  /** The same trouble goes on: it has been explained. */
  stillDeaf: 'I still could not hear you. Please try once more.',
  /** Opens the reply to a caller who has been talking for very long, over their voice if it must be. */
  cutIn: 'Thank you. Let me make sure that I have all of that.',
  /** The agent's own rules failed: a defect, but the caller still gets an answer. */
  lost: 'I am sorry, could you tell me that once more?',
} as const;

/** What is said from audio made beforehand, when nothing else can be heard. */
export const spare = {
  /** While an answer is being prepared, one after another. */
  fillers: ['One moment, please.', 'I am still here. Thank you for waiting.'],
  /** No answer has come for longer than any engine is waited for: a defect of ours. */
  lost: 'I am sorry, I lost my train of thought. Could you tell me that once more?',
  /** The voice is gone and no other stands in: said once per trouble. */
  voiceless:
    'I am sorry, I am having trouble with my voice. I can still hear you, and I am writing down what you say. ' +
    'Please tell me your name, your telephone number and what happened, and someone will call you back.',
  /** Answers every further turn while the voice is gone. */
  noted: 'Thank you, I have written that down. Please go on, or hang up when you have finished.',
} as const;

/** Everything that has to be made beforehand. */
export const sparePhrases: readonly string[] = [...spare.fillers, spare.lost, spare.voiceless, spare.noted];

/** How often in a row the agent says that it heard nothing; then it waits in silence. */
export const NOT_HEARD_LIMIT = 2;

/** What the caller's client is told, by what failed. A failed model is not among them: the agent's own words follow. */
export const failureNotices: Partial<Record<'stt' | 'llm' | 'tts', { message: string; action: string }>> & {
  deaf: { message: string; action: string };
} = {
  stt: {
    message: 'Your last words could not be recognised.',
    action: 'Say them again, or send them as text.',
  },
  tts: { message: 'The reply cannot be spoken.', action: 'Read it as text; later replies are spoken again.' },
  deaf: { message: 'This call has no speech recognition.', action: 'Send your turns as text.' },
};
