-- Up Migration

-- A firm may name the lead inbox of its Grow account.
alter table connections drop constraint connections_system_check;
alter table connections add constraint connections_system_check check (system in ('clio', 'lawpay', 'grow'));

-- What was sent to lead inboxes, one row for each operation key. An inbox knows no repeats and shows nothing again, so this
-- row remembers that a request has left: one leaves from `ready` alone, and only proof leads back there.
create table leads (
  tenant_id  text not null references tenants,
  -- the operation key
  reference  text not null,
  state      text not null check (state in ('ready', 'sent', 'landed')),
  -- requests that have left so far; the last one is named by this number
  sends      integer not null,
  sent_at    timestamptz not null,
  -- Grow's id where it told one, or who saw the lead there
  lead_id    text,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, reference)
);
alter table leads enable row level security;
alter table leads force row level security;
create policy tenant_only on leads using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant());
grant select, insert, update on leads to hermes_app;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
