import { runStandin } from '../kit/run.js';
import { noticesStandin } from './server.js';

await runStandin(noticesStandin);
