-- Up Migration

-- How far the requests of a firm to a system have run ahead, and the last appointment given to a write that has to come
-- back. One row for all workers; the arithmetic is in src/domain/pace.ts. Times are epoch milliseconds.
create table rate_slots (
  tenant_id    text not null references tenants,
  system       text not null,
  due_ms       double precision not null,
  booked_ms    double precision not null,
  -- the limit the vendor last told, requests a minute, when it told one
  vendor_limit integer,
  updated_at   timestamptz not null default now(),
  primary key (tenant_id, system)
);
alter table rate_slots enable row level security;
alter table rate_slots force row level security;
create policy tenant_only on rate_slots using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant());
grant select, insert, update on rate_slots to hermes_app;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
