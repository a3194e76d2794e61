-- Up Migration

alter table writes
  add column fingerprint text,
  -- who asked for a decision that a second person must approve; null when nobody did
  add column proposed_by text,
  add column priority_rank smallint not null generated always as
    (case priority when 'CRITICAL' then 1 when 'HIGH' then 2 when 'MEDIUM' then 3 else 4 end) stored;
create index writes_parked_by_priority on writes (tenant_id, priority_rank, parked_at, workflow_id) where state = 'parked';
create index writes_parked_by_cause on writes (tenant_id, fingerprint) where state = 'parked';

-- One row per failed attempt, for the person who wants to know what has happened so far.
create table write_attempts (
  tenant_id     text not null,
  workflow_id   text not null,
  attempt       integer not null,
  at            timestamptz not null default now(),
  error_class   text not null,
  error_message text,
  primary key (tenant_id, workflow_id, attempt),
  foreign key (tenant_id, workflow_id) references writes
);

-- Failures that are the same failure: same system, operation, class and message once ids and numbers are taken out.
create table write_issues (
  tenant_id   text not null references tenants,
  fingerprint text not null,
  system      text not null,
  operation   text not null,
  error_class text not null,
  pattern     text not null,
  state       text not null default 'open' check (state in ('open', 'acknowledged', 'resolved', 'regressed')),
  owner       text,
  resolved_at timestamptz,
  first_seen  timestamptz not null default now(),
  last_seen   timestamptz not null default now(),
  primary key (tenant_id, fingerprint)
);

-- What somebody should be told once. Open until the reason is gone.
create table alerts (
  tenant_id   text not null references tenants,
  alert_id    uuid not null default gen_random_uuid(),
  kind        text not null,
  -- what it is about, when there can be several of a kind: a system, a redrive job
  subject     text not null default '',
  severity    text not null check (severity in ('critical', 'warning')),
  message     text not null,
  details     jsonb not null default '{}',
  raised_at   timestamptz not null default now(),
  resolved_at timestamptz,
  primary key (tenant_id, alert_id)
);
create unique index alerts_open on alerts (tenant_id, kind, subject) where resolved_at is null;

do $$ declare t text; begin
  foreach t in array array['write_attempts', 'write_issues', 'alerts'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_only on %I using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant())', t);
    execute format('grant select, insert, update on %I to hermes_app', t);
  end loop;
end $$;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
