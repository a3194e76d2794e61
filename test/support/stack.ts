import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlOf, type Control } from '../../standins/kit/control.js';
import { createOperatorApi, type IntakeView, type OperatorApi } from '../../src/cli/operator/api.js';
import { demoLadder } from '../../src/cli/demo/scenes.js';
import { startStack, type Stack } from '../../src/cli/up/stack.js';
import { eventually } from './eventually.js';

/** A whole stack of its own, on free ports and in a directory that goes when it closes. */
export interface TestStack {
  stack: Stack;
  api: OperatorApi;
  clio: Control;
  lawpay: Control;
  /** The call's intake, once its records are made. */
  finished(callId: string): Promise<IntakeView>;
  close(): Promise<void>;
}

/** @param env settings on top of a quick write ladder. */
export async function startTestStack(env: Record<string, string> = {}): Promise<TestStack> {
  const directory = mkdtempSync(join(tmpdir(), 'hermes-stack-'));
  chmodSync(directory, 0o711); // root lends the database another account, which must get through
  const stack = await startStack({
    env: { ...process.env, ...demoLadder, LOG_LEVEL: 'warn', ...env },
    dataDir: directory,
    ports: 'ephemeral',
  });
  const { clio, lawpay } = stack.addresses.standins;
  if (!clio || !lawpay || !stack.token)
    throw new Error('the stack came up without its stand-ins or its token');
  const api = createOperatorApi(stack.addresses.api, readFileSync(stack.token.file, 'utf8').trim());
  const finishedIntake = async (callId: string): Promise<IntakeView | false> => {
    const intake = await api.intake(callId);
    return intake?.phase === 'done' ? intake : false;
  };
  return {
    stack,
    api,
    clio: controlOf(clio),
    lawpay: controlOf(lawpay),
    finished: (callId) =>
      eventually(() => finishedIntake(callId), {
        withinMs: 45_000,
        everyMs: 200,
        what: `the records of ${callId}`,
      }),
    close: async () => {
      await stack.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
