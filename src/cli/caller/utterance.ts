/** One thing the caller may say: words, and their sound when the call is spoken. */
export interface Utterance {
  text: string;
  /** PCM16 16 kHz; absent in a typed call. */
  audio?: Int16Array;
  /** Said in answer to an agent's turn that contains these words. */
  hears?: string;
  hangUpAfter?: boolean;
}

/**
 * What to say next: an unused answer to what the agent just said; else the next unused line that waits for nothing; else
 * the same answer again, because the agent asks again. Undefined when there is nothing left to say.
 */
export function chooseUtterance(
  all: readonly Utterance[],
  said: ReadonlySet<Utterance>,
  agentSaid: string,
): Utterance | undefined {
  const heard = agentSaid.toLowerCase();
  const answers = all.filter((u) => u.hears !== undefined && heard.includes(u.hears.toLowerCase()));
  return (
    answers.find((u) => !said.has(u)) ??
    all.find((u) => u.hears === undefined && !said.has(u)) ??
    answers.at(0)
  );
}
