/** What is measured: the real stack on free ports, with the OpenAI stand-in for every speech and language stage. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAiControlOf, type OpenAiControl } from '../../standins/openai/control.js';
import type { Progress } from '../../src/cli/up/progress.js';
import { startStack } from '../../src/cli/up/stack.js';
import { freePort, type LiveEdge, openLiveEdge } from './live-edge.js';
import { twilioAccount } from './lines/twilio-line.js';

export interface BenchSite {
  api: string;
  token: string;
  openai: OpenAiControl;
  /** Takes the Temporal worker down; turns wait in Temporal. */
  withoutWorker(): Promise<void>;
  /** The edge alone is measured. */
  edgePid: () => number;
  /** The same process, from within. */
  edge: LiveEdge;
  close(): Promise<void>;
}

export interface SiteOptions {
  maxCalls: number;
  endpointMs: number;
  /** More of the environment. */
  env?: Readonly<Record<string, string>>;
  progress: Progress;
  signal: AbortSignal;
}

/** Settings that would point a stage at somebody's real server. */
const realServers = ['STT', 'LLM', 'TTS'].flatMap((stage) => [
  `${stage}_BASE_URL`,
  `${stage}_API_KEY`,
  `${stage}_MODEL`,
  `${stage}_VOICE`,
]);

/** @throws what `startStack` throws; nothing is left behind then. */
export async function openSite(options: SiteOptions): Promise<BenchSite> {
  const { maxCalls, endpointMs, progress, signal } = options;
  const directory = await mkdtemp(join(tmpdir(), 'hermes-bench-'));
  await chmod(directory, 0o711); // root lends the database another account, which must get through
  const forget = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const inspectPort = await freePort();
  const env = {
    ...process.env,
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --inspect-port=${inspectPort}`.trim(),
    ...Object.fromEntries(realServers.map((name) => [name, undefined])),
    HERMES_STT: 'openai',
    HERMES_LLM: 'openai',
    HERMES_TTS: 'openai',
    HERMES_SILENCE_MS: String(endpointMs),
    HERMES_MAX_CALLS: String(maxCalls),
    HERMES_PUBLIC_URL: twilioAccount.publicUrl,
    TWILIO_AUTH_TOKEN: twilioAccount.authToken,
    LOG_LEVEL: 'warn',
    ...options.env,
  };
  try {
    const stack = await startStack({ env, dataDir: directory, ports: 'ephemeral', progress, signal });
    const edgePid = (): number => stack.pid('edge') ?? 0;
    const stop = (): Promise<void> => stack.stop().finally(forget);
    const { openai } = stack.addresses.standins;
    if (!stack.token || openai === undefined) {
      await stop();
      throw new Error('The bench needs the embedded token keys; unset HERMES_JWKS.');
    }
    const edge = await openLiveEdge(edgePid(), inspectPort).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return {
      api: stack.addresses.api,
      token: readFileSync(stack.token.file, 'utf8').trim(),
      openai: openAiControlOf(openai),
      withoutWorker: () => stack.lower('worker'),
      edgePid,
      edge,
      close() {
        edge.close();
        return stop();
      },
    };
  } catch (error) {
    await forget();
    throw error;
  }
}
