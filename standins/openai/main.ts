import { runStandin } from '../kit/run.js';
import { openAiStandin } from './standin.js';

await runStandin(openAiStandin);
