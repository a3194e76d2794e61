import { runStandin } from '../kit/run.js';
import { receiverStandin } from './server.js';

await runStandin(receiverStandin);
