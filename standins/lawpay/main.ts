import { runStandin } from '../kit/run.js';
import { lawpayStandin } from './server.js';

await runStandin(lawpayStandin);
