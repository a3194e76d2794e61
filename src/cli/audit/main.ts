/** `npm run verify-audit`: recomputes the hash chain of a firm's audit log, row by row, without trusting the server's word. */
import { parseArgs } from 'node:util';
import { type ChainBreak, type ChainHead, checkChain, GENESIS } from '../../db/audit-chain.js';
import type { OperatorApi } from '../operator/api.js';
import { connectOperator } from '../operator/connect.js';
import { runCommand } from '../terminal/command.js';

const USAGE = `npm run verify-audit            check every row of the audit log
  --head SEQ:HASH   also prove that an earlier head (printed by this command) is still part of it
  --json            for machines
The token must belong to an ADMIN. Exit code 0: the chain holds; 1: it does not.
`;

const write = (line: string): void => void process.stdout.write(`${line}\n`);

interface Verdict {
  head: ChainHead;
  broken?: ChainBreak;
  /** Whether the given head is on the chain; absent when none was given. */
  headFound?: boolean;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      head: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    write(USAGE);
    return 0;
  }
  const earlier = values.head === undefined ? undefined : readHead(values.head);
  const verdict = await verify(connectOperator(process.env).api, earlier);
  const holds = verdict.broken === undefined && verdict.headFound !== false;
  if (values.json) write(JSON.stringify({ holds, ...verdict }, null, 2));
  else write(inWords(verdict));
  return holds ? 0 : 1;
}

function readHead(text: string): ChainHead {
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new Error('--head: must be SEQ:HASH as this command printed it, e.g. 17:9f86d0…');
  return { seq: Number(seq), hash };
}

async function verify(api: OperatorApi, earlier: ChainHead | undefined): Promise<Verdict> {
  let head: ChainHead = { seq: 0, hash: GENESIS };
  let headFound = earlier?.seq === 0 && earlier.hash === GENESIS;
  for await (const page of api.audit()) {
    const checked = checkChain(page, head);
    head = checked.head;
    if (checked.broken) return { head, broken: checked.broken };
    headFound ||= page.some(({ seq, hash }) => seq === earlier?.seq && hash === earlier.hash);
  }
  return { head, ...(earlier && { headFound }) };
}

function inWords({ head, broken, headFound }: Verdict): string {
  if (broken)
    return `The chain breaks at row ${broken.seq}: ${broken.problem}. Rows up to ${head.seq} are as they were written.`;
  if (headFound === false)
    return `The chain of ${head.seq} rows holds, but the given head is not on it: rows were cut off or rewritten.`;
  return `The chain holds: ${head.seq} rows. Keep this head to prove later that none was cut off:\n${head.seq}:${head.hash}`;
}

await runCommand(main);
