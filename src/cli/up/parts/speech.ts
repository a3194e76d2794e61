import type { Site } from '../site.js';

/** Whether callers can be heard. */
export interface Speech {
  isHeard: boolean;
  /** Why not, in words. */
  problem: string | undefined;
  /** Settings for the edge that follow from it. */
  settings: Readonly<Record<string, string>>;
}

export async function provideSpeech(site: Site): Promise<{ speech: Speech; detail: string }> {
  return { speech: { isHeard: true, problem: undefined, settings: {} }, detail: site.config.HERMES_STT };
}
