/** Child of sdk-download.ts: `<dev-server|time-skipping> <version> <directory>`. Downloads, starts once, stops. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [kind, version, downloadDir] = process.argv.slice(2);
if (version === undefined || downloadDir === undefined)
  throw new Error('usage: <kind> <version> <directory>');

const server = { executable: { type: 'cached-download', version, downloadDir } } as const;
const environment =
  kind === 'dev-server'
    ? await TestWorkflowEnvironment.createLocal({ server })
    : await TestWorkflowEnvironment.createTimeSkipping({ server });
await environment.teardown();
