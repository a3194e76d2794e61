-- Up Migration

-- Whether an outside system of a firm is worth asking. Shared by all workers; changed under a row lock, by the reducer in
-- src/domain/circuit.ts. No row: it has never been silent.
create table breakers (
  tenant_id    text not null references tenants,
  system       text not null,
  state        text not null check (state in ('closed', 'open', 'half_open')),
  failures     integer not null,
  epoch        integer not null,
  wait_ms      bigint not null,
  opened_at    timestamptz,
  next_probe_at timestamptz,
  canary       text,
  cause        text,
  updated_at   timestamptz not null default now(),
  primary key (tenant_id, system)
);
alter table breakers enable row level security;
alter table breakers force row level security;
create policy tenant_only on breakers using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant());
grant select, insert, update on breakers to hermes_app;

-- The last epoch of its breaker in which a waiting write was told to try again: nobody is told twice in one.
alter table writes add column woken_epoch integer not null default 0;
create index writes_waiting on writes (tenant_id, system, woken_epoch) where state in ('backoff', 'parked');

-- Down Migration
-- Forward only: mend a mistake with a new migration.
