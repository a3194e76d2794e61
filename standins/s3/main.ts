import { runStandin } from '../kit/run.js';
import { s3Standin } from './server.js';

await runStandin(s3Standin);
