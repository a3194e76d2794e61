import { runStandin } from '../kit/run.js';
import { clioStandin } from './server.js';

await runStandin(clioStandin);
