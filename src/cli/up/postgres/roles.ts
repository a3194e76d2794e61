import pg from 'pg';

export const OWNER = 'hermes_owner';
export const EDGE = 'hermes_edge';
export const DATABASE = 'hermes';

export interface RolePasswords {
  owner: string;
  edge: string;
}

/**
 * Roles of the embedded server: `hermes_owner` owns the schema and runs migrations, `hermes_edge` is what edge and
 * worker log in as, a member of `hermes_app`, to which row-level security applies. A second run only sets the
 * passwords again.
 * @param superuserUrl of the database `postgres`.
 */
export async function provisionRoles(superuserUrl: string, passwords: RolePasswords): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const has = async (query: string, name: string): Promise<boolean> =>
      (await client.query(query, [name])).rowCount === 1;
    const ensureRole = async (role: string, attributes: string): Promise<void> => {
      const verb = (await has('select 1 from pg_roles where rolname = $1', role)) ? 'alter' : 'create';
      await client.query(`${verb} role ${role} ${attributes}`);
    };
    const login = (password: string): string => `login password ${client.escapeLiteral(password)}`;
    await ensureRole('hermes_app', 'nologin');
    await ensureRole(OWNER, `createrole ${login(passwords.owner)}`);
    await ensureRole(EDGE, login(passwords.edge));
    await client.query(`grant hermes_app to ${EDGE}`);
    if (!(await has('select 1 from pg_database where datname = $1', DATABASE)))
      await client.query(`create database ${DATABASE} owner ${OWNER}`);
  } finally {
    await client.end();
  }
}
