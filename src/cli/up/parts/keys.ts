import { writeFile } from 'node:fs/promises';
import { shownPath } from '../data-dir.js';
import { payloadKeys, secretKey, signingKey } from '../secrets.js';
import type { Site } from '../site.js';
import { mintToken, writeJwks } from '../tokens.js';
import { demoFirm } from './demo-firm.js';

export interface Keys {
  /** 32 bytes in base64. */
  secretKey: string;
  /** As HERMES_PAYLOAD_KEYS; undefined when the environment holds them. */
  payloadKeys: string | undefined;
  /** URL or file of the public keys. */
  jwks: string;
  /** Token of the demo firm's administrator and the file that holds it; undefined when someone else signs tokens. */
  token: { value: string; file: string } | undefined;
}

/** The environment's keys, else the ones kept in the data directory; a fresh token each time. */
export async function provideKeys(site: Site): Promise<{ keys: Keys; detail: string }> {
  const { config, dataDir } = site;
  const secrets = dataDir.at('secrets');
  const sealing = config.HERMES_SECRET_KEY ?? secretKey(secrets);
  const own = {
    secretKey: sealing,
    payloadKeys: config.HERMES_PAYLOAD_KEYS ? undefined : payloadKeys(secrets),
  };
  if (config.HERMES_JWKS !== undefined)
    return {
      keys: { ...own, jwks: config.HERMES_JWKS, token: undefined },
      detail: `tokens come from the issuer of ${config.HERMES_JWKS}`,
    };
  const key = await signingKey(secrets);
  const jwks = dataDir.at('jwks.json');
  await writeJwks(jwks, key);
  const value = await mintToken(key, {
    issuer: config.HERMES_JWT_ISSUER,
    audience: config.HERMES_JWT_AUDIENCE,
    tenantId: demoFirm.tenantId,
  });
  const file = dataDir.at('token');
  await writeFile(file, value, { mode: 0o600 });
  return {
    keys: { ...own, jwks, token: { value, file } },
    detail: `token for 12 h in ${shownPath(file)}`,
  };
}
