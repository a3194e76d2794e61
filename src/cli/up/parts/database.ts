import { migrate } from '../../../db/migrate.js';
import { clearLeftoverServer } from '../postgres/leftover.js';
import { DATABASE, EDGE, OWNER, provisionRoles } from '../postgres/roles.js';
import { databaseUrl, prepareEmbeddedPostgres, waitForPostgres } from '../postgres/server.js';
import { shownPath } from '../data-dir.js';
import { databasePasswords } from '../secrets.js';
import type { Site } from '../site.js';
import { StackError } from '../stack-error.js';

/** How the application and the migrations reach the database. */
export interface DatabaseUrls {
  app: string;
  owner: string;
}

/** Recovery after a crash replays the log, which can take a while on a slow disk. */
const READY_WITHIN_MS = 60_000;

/** The embedded server, or the one the environment names. Does not migrate. */
export async function provideDatabase(site: Site): Promise<{ urls: DatabaseUrls; detail: string }> {
  const { DATABASE_URL: app, DATABASE_OWNER_URL: owner } = site.config;
  if (app === undefined) return embeddedDatabase(site);
  if (owner === undefined)
    throw new StackError(
      'DATABASE_URL is set, but DATABASE_OWNER_URL is not, which the migrations need.',
      'Set both, or neither to use the embedded server.',
    );
  await waitForPostgres(app, { withinMs: 10_000, signal: site.signal });
  return { urls: { app, owner }, detail: `${new URL(app).host} (DATABASE_URL)` };
}

async function embeddedDatabase(site: Site): Promise<{ urls: DatabaseUrls; detail: string }> {
  const passwords = databasePasswords(site.dataDir.at('secrets'));
  const port = site.ports.postgres;
  const { note } = site.progress;
  const server = await prepareEmbeddedPostgres({
    path: site.dataDir.at('postgres'),
    port,
    superuserPassword: passwords.superuser,
    cacheDir: site.cacheDir,
    durable: true,
    onProgress: (line) => note(`PostgreSQL: ${line}`),
  });
  const superuserUrl = server.superuserUrl('postgres');
  await site.crew.engage({
    spec: server.spec,
    beforeStart: () => clearLeftoverServer(server.dataDir, note),
    ready: (_child, signal) => waitForPostgres(superuserUrl, { withinMs: READY_WITHIN_MS, signal }),
    readyWithinMs: READY_WITHIN_MS,
    graceMs: 2_000,
  });
  await provisionRoles(superuserUrl, passwords);
  const url = (role: string, password: string): string => databaseUrl(role, password, port, DATABASE);
  return {
    urls: { app: url(EDGE, passwords.edge), owner: url(OWNER, passwords.owner) },
    detail: `127.0.0.1:${port}, data in ${shownPath(site.dataDir.at('postgres'))}`,
  };
}

/** Applies what is missing and tells what that was. */
export async function applyMigrations(urls: DatabaseUrls): Promise<string> {
  const applied = await migrate(urls.owner);
  return applied.length === 0 ? 'nothing to do' : `applied ${applied.join(', ')}`;
}
