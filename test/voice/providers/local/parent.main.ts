/** A process that recognises and speaks, for tests that kill it. Prints the recogniser's process id, then waits. */
import { createLocalSpeechToText } from '../../../../src/voice/providers/local/speech-to-text.js';
import { createLocalTextToSpeech } from '../../../../src/voice/providers/local/text-to-speech.js';
import { capturingLogger } from '../../../support/log.js';
import { heard, pocketsphinx, said } from './support.js';

const { logger, lines } = capturingLogger();
const stt = createLocalSpeechToText({ ...(await pocketsphinx()), logger });
const tts = createLocalTextToSpeech({ logger });
const text = await heard(stt, await said(tts, 'hello'));
process.stdout.write(`${JSON.stringify({ text, pid: lines.find((line) => 'pid' in line)?.['pid'] })}\n`);
