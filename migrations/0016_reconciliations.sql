-- Up Migration

-- What the last comparison of `writes` with Temporal found, one row for each firm.
create table reconciliations (
  tenant_id     text primary key references tenants,
  at            timestamptz not null,
  compared      integer not null,
  -- rows that did not agree with their workflow, and were put right
  drift         integer not null,
  drift_total   bigint not null default 0,
  last_drift_at timestamptz
);
alter table reconciliations enable row level security;
alter table reconciliations force row level security;
create policy tenant_only on reconciliations using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant());
grant select, insert, update on reconciliations to hermes_app;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
