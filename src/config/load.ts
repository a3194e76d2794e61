import { settings, type Config, type SettingName } from './schema.js';

/** One or more settings are wrong. The message names each variable, its problem and a right example. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Parses the environment once into a frozen Config. Empty variables count as unset.
 * @param env usually `process.env`; composition roots pass it, nothing reads it at import time.
 * @throws ConfigError listing every problem at once; secrets' values are never repeated.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const name of Object.keys(settings) as SettingName[]) {
    const { schema, example } = settings[name];
    const given = env[name] === '' ? undefined : env[name];
    const parsed = schema.safeParse(given);
    if (parsed.success) values[name] = parsed.data;
    else
      problems.push(
        `  ${name}: must be ${parsed.error.issues[0]?.message ?? 'valid'}; got ${shown(name, given)}. Example: ${name}=${example}`,
      );
  }
  if (problems.length > 0) throw new ConfigError(`These settings are wrong:\n${problems.join('\n')}`);
  return Object.freeze(values) as Config;
}

/** A Config in which the settings `K` are there. */
export type ConfigWith<K extends SettingName> = Config & { readonly [N in K]: NonNullable<Config[N]> };

/**
 * Holds a process to the settings it cannot do without; their defaults are made by `npm start`, not here.
 * @param why who wants them, for the message.
 * @throws ConfigError naming every one that is missing, what it is for and an example.
 */
export function requireSettings<K extends SettingName>(
  config: Config,
  names: readonly K[],
  why = 'npm start sets them by itself',
): ConfigWith<K> {
  const missing = names.filter((name) => config[name] === undefined);
  const lines = missing.map(
    (name) => `  ${name}: ${settings[name].about} Example: ${name}=${settings[name].example}`,
  );
  if (missing.length > 0) throw new ConfigError(`These settings are missing (${why}):\n${lines.join('\n')}`);
  return config as ConfigWith<K>;
}

const shown = (name: string, value: string | undefined): string => {
  if (value === undefined) return 'nothing';
  return /KEY|SECRET|TOKEN|URL/.test(name)
    ? `a value of ${value.length} characters (not shown)`
    : JSON.stringify(value);
};

/** `loadConfig` on the environment of this process, for composition roots. */
export const loadProcessConfig = (): Config => loadConfig(process.env);

/** The environment itself, for conventions of the machine that are no settings of ours (XDG_CACHE_HOME). */
export const processEnvironment = (): Readonly<Record<string, string | undefined>> => process.env;
