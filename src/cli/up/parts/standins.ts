import type { Config } from '../../../config/schema.js';
import { LOOPBACK } from '../addresses.js';
import { type Environment, ownProgram, type Site } from '../site.js';

export type StandinName = 'clio' | 'lawpay' | 'openai';

/** The one app the Clio stand-in knows and the one key the OpenAI stand-in takes (see standins/). */
const CLIO_APP = { CLIO_CLIENT_ID: 'standin-client', CLIO_CLIENT_SECRET: 'standin-secret' };
const OPENAI_KEY = 'sk-standin';

/** Speech and language stages with the settings that would name a real server. */
const stages = [
  { provider: 'HERMES_STT', key: 'STT_API_KEY', baseUrl: 'STT_BASE_URL' },
  { provider: 'HERMES_LLM', key: 'LLM_API_KEY', baseUrl: 'LLM_BASE_URL' },
  { provider: 'HERMES_TTS', key: 'TTS_API_KEY', baseUrl: 'TTS_BASE_URL' },
] as const;

const withoutServer = (config: Config, env: Environment) =>
  stages.filter(
    ({ provider, key, baseUrl }) =>
      config[provider] === 'openai' && config[key] === undefined && !env[baseUrl],
  );

/**
 * Which outside systems are stood in for: those without credentials. LawPay's credentials are a firm's own and live in
 * the database, so its stand-in always runs for the demo firm.
 */
export function neededStandins(config: Config, env: Environment): StandinName[] {
  return [
    ...(config.CLIO_CLIENT_ID === undefined ? (['clio'] as const) : []),
    'lawpay',
    ...(withoutServer(config, env).length > 0 ? (['openai'] as const) : []),
  ];
}

/** Settings that point edge and worker at the stand-ins that run. */
export function standinSettings(site: Site, names: readonly StandinName[]): Record<string, string> {
  const openAiUrl = `http://${LOOPBACK}:${site.ports.openai}/v1`;
  const openAi = withoutServer(site.config, site.env).flatMap(({ key, baseUrl }) => [
    [key, OPENAI_KEY],
    [baseUrl, openAiUrl],
  ]);
  return {
    ...(names.includes('clio') ? clioOf(`http://${LOOPBACK}:${site.ports.clio}`) : {}),
    ...(names.includes('lawpay') ? cardFieldsOf(`http://${LOOPBACK}:${site.ports.lawpay}`) : {}),
    ...(names.includes('openai') ? (Object.fromEntries(openAi) as Record<string, string>) : {}),
  };
}

/** The consent page of the stand-in takes the place of Clio's too. */
const clioOf = (origin: string) => ({ ...CLIO_APP, CLIO_HOSTS: `us=${origin}` });

const cardFieldsOf = (origin: string) => ({
  LAWPAY_FIELDS_SCRIPT: `${origin}/hostedfields/fieldGen.js`,
  LAWPAY_FIELDS_ORIGINS: origin,
});

/** Starts one stand-in; its records survive a restart. @returns its origin. */
export async function startStandin(site: Site, name: StandinName): Promise<string> {
  const port = site.ports[name];
  const args = ['--port', String(port), '--state', site.dataDir.at('standins', `${name}.ndjson`)];
  await site.crew.engage({
    spec: {
      name,
      ...ownProgram(site, `standins/${name}/main.ts`, args),
      env: { PATH: site.env['PATH'], HOME: site.env['HOME'] },
      stopSignal: 'SIGTERM',
    },
    ready: (child, signal) => listening(child.onLine, signal),
    readyWithinMs: 30_000,
    graceMs: 1_000,
  });
  return `http://${LOOPBACK}:${port}`;
}

/** A stand-in says `{"event":"listening"}` on its first line. */
const listening = (onLine: (listener: (line: string) => void) => void, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    onLine((line) => {
      if (line.includes('"event":"listening"')) resolve();
    });
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
  });
