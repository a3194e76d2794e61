/** `<cache directory> <milliseconds>`: provides the fake tool like any process would, and prints its path. */
import { provide } from '../../temporal/provide.js';
import { fakeTool, slowSource } from './fake-tool.js';

const [cacheDir = '', halfTimeMs] = process.argv.slice(2);
const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
process.stdout.write('started\n');
const path = await provide(fakeTool(slowSource(Number(halfTimeMs))), {
  searchPath: '',
  cacheDir,
  onProgress,
});
process.stdout.write(`${path}\n`);
