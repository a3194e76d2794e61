-- Up Migration

-- Consents under way: a person of a firm has been sent to a vendor's consent page and not come back. One row is one way
-- back, good once and for some minutes, and only in the browser it began in.
create table connect_states (
  tenant_id    text not null references tenants,
  -- SHA-256 of what the person carries along in the address, and of what their browser keeps
  nonce_hash   bytea not null check (length(nonce_hash) = 32),
  browser_hash bytea not null check (length(browser_hash) = 32),
  system       text not null,
  actor        text not null,
  -- what they asked for: the region, whether another account than the last is meant
  details      jsonb not null,
  expires_at   timestamptz not null,
  primary key (tenant_id, nonce_hash)
);
alter table connect_states enable row level security;
alter table connect_states force row level security;
create policy tenant_only on connect_states using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant());
grant select, insert, delete on connect_states to hermes_app;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
