/** Everything the Temporal dev server keeps and tells, undecoded. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { servers } from './servers.js';

const wire = temporal.api.workflowservice.v1;

/** Writes every value of every row of every table, bytes as they are. Python, because Node 20 has no SQLite. */
const DUMP = `
import sqlite3, sys
db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True, timeout=30)
db.text_factory = bytes
out = sys.stdout.buffer
tables = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
for table in tables:
    out.write(b'\\n' + table + b'\\n')
    for row in db.execute('select * from "' + table.decode() + '"'):
        for value in row:
            out.write((value if isinstance(value, bytes) else str(value).encode()) + b'\\0')
`;

/** All tables, and the file itself with its log: what was overwritten may still be in there. */
export async function dumpDatabase(): Promise<Map<string, Buffer>> {
  const file = servers().temporalDatabaseFile;
  const options = { encoding: 'buffer', maxBuffer: 2 ** 31 } as const;
  const { stdout: tables } = await promisify(execFile)('python3', ['-c', DUMP, file], options);
  const raw = await Promise.all([readFile(file), readFile(`${file}-wal`).catch(() => Buffer.alloc(0))]);
  return new Map([
    ['tables', tables],
    ['database file', Buffer.concat(raw)],
  ]);
}

/** What the frontend answers about every workflow of a namespace: history, description, list entry. */
export async function dumpWorkflows(client: Client): Promise<Map<string, Buffer>> {
  const { namespace } = client.options;
  const service = client.workflowService;
  const list = await service.listWorkflowExecutions({ namespace, pageSize: 1_000 });
  const histories: Uint8Array[] = [];
  const descriptions: Uint8Array[] = [wire.ListWorkflowExecutionsResponse.encode(list).finish()];
  for (const { execution } of list.executions) {
    const asked = { namespace, execution: execution ?? null };
    const described = await service.describeWorkflowExecution(asked);
    descriptions.push(wire.DescribeWorkflowExecutionResponse.encode(described).finish());
    const history = await service.getWorkflowExecutionHistory({ ...asked, maximumPageSize: 10_000 });
    histories.push(wire.GetWorkflowExecutionHistoryResponse.encode(history).finish());
  }
  return new Map([
    ['histories', Buffer.concat(histories)],
    ['descriptions', Buffer.concat(descriptions)],
  ]);
}
