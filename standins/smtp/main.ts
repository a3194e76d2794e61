import { runStandin } from '../kit/run.js';
import { smtpStandin } from './server.js';

await runStandin(smtpStandin);
