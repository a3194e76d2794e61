import { ensurePocketsphinx } from '../../../voice/providers/local/speech-cache.js';
import type { Site } from '../site.js';

/** Whether callers can be heard. */
export interface Speech {
  isHeard: boolean;
  /** Why not, in words. */
  problem: string | undefined;
  /** Settings for the edge that follow from it. */
  settings: Readonly<Record<string, string>>;
}

/** Makes sure that the recogniser is here. Where it cannot be had the stack starts all the same, for typed calls. */
export async function provideSpeech(site: Site): Promise<{ speech: Speech; detail: string }> {
  const { HERMES_STT: hearing, HERMES_TTS: speaking } = site.config;
  if (hearing === 'none') return typedOnly('HERMES_STT is none');
  if (hearing === 'local') {
    const { cacheDir, signal } = site;
    const found = await ensurePocketsphinx({ cacheDir, signal, onProgress: site.progress.note });
    if (!found.ok) return typedOnly(found.reason);
  }
  return {
    speech: { isHeard: true, problem: undefined, settings: {} },
    detail: `heard by ${hearing === 'local' ? 'pocketsphinx' : hearing}, spoken by ${speaking === 'local' ? 'flite' : speaking}`,
  };
}

const typedOnly = (problem: string): { speech: Speech; detail: string } => ({
  speech: { isHeard: false, problem, settings: { HERMES_STT: 'none' } },
  detail: `typed calls only: ${problem}`,
});
