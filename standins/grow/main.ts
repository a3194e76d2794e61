import { runStandin } from '../kit/run.js';
import { growStandin } from './server.js';

await runStandin(growStandin);
