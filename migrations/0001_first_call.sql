-- Up Migration

-- The application role owns nothing: it may use rows, and row-level security decides which. Login users are granted
-- membership by whoever provisions the server (src/cli/up for the embedded one, docker-compose.yml for containers).
do $$ begin
  if not exists (select from pg_roles where rolname = 'hermes_app') then
    create role hermes_app nologin;
  end if;
end $$;

-- The tenant of the current transaction, set by withTenant() in src/db/tenant.ts; null outside one, which matches no row.
create function hermes_tenant() returns text language sql stable
  as $$ select nullif(current_setting('hermes.tenant', true), '') $$;

create table tenants (
  tenant_id  text primary key check (tenant_id ~ '^[a-z0-9][a-z0-9-]{1,39}$'),
  profile    jsonb not null,
  created_at timestamptz not null default now()
);

-- How to reach one outside system for one firm. Tokens are sealed by the application before they come here.
create table connections (
  tenant_id        text not null references tenants,
  system           text not null check (system in ('clio', 'lawpay')),
  base_url         text not null,
  settings         jsonb not null default '{}',
  sealed_tokens    bytea,
  token_expires_at timestamptz,
  revoked_at       timestamptz,
  updated_at       timestamptz not null default now(),
  primary key (tenant_id, system)
);

create table calls (
  tenant_id        text not null references tenants,
  call_id          text not null,
  transport        text not null default 'native',
  token_hash       bytea not null,
  token_expires_at timestamptz not null,
  created_at       timestamptz not null default now(),
  -- when a caller claimed the token; a token is claimed once
  claimed_at       timestamptz,
  -- the firm's profile as it was when the call began, so that a later edit never changes a call in progress
  firm             jsonb,
  ended_at         timestamptz,
  end_reason       text,
  primary key (tenant_id, call_id)
);
create index calls_by_time on calls (tenant_id, created_at desc, call_id);

create table intakes (
  tenant_id   text not null,
  call_id     text not null,
  phase       text not null,
  disposition text,
  record      jsonb not null,
  updated_at  timestamptz not null default now(),
  primary key (tenant_id, call_id),
  foreign key (tenant_id, call_id) references calls
);

-- Projection of externalWrite workflows, for lists and counts; Temporal holds the truth.
create table writes (
  tenant_id       text not null references tenants,
  workflow_id     text not null,
  call_id         text not null,
  system          text not null,
  operation       text not null,
  priority        text not null check (priority in ('CRITICAL', 'HIGH', 'MEDIUM', 'LOW')),
  state           text not null check (state in ('running', 'retrying', 'backoff', 'parked', 'done', 'discarded')),
  error_class     text,
  error_message   text,
  attempts        integer not null default 0,
  revision        integer not null default 0,
  external_id     text,
  url             text,
  parked_at       timestamptz,
  next_attempt_at timestamptz,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, workflow_id)
);
create index writes_parked on writes (tenant_id, parked_at, workflow_id) where state = 'parked';
create index writes_by_call on writes (tenant_id, call_id);

-- One row per payment link we asked for. The reference is the operation key: a repeat finds the row.
create table payment_requests (
  tenant_id    text not null references tenants,
  reference    text not null,
  call_id      text not null,
  amount_cents bigint not null check (amount_cents > 0),
  currency     text not null,
  account      text not null check (account in ('trust', 'operating')),
  url          text not null,
  created_at   timestamptz not null default now(),
  primary key (tenant_id, reference)
);

-- HDR histograms (V2 compressed encoding), mergeable over minutes and instances. Values in microseconds.
create table latency_minutes (
  tenant_id text not null references tenants,
  stage     text not null,
  minute    timestamptz not null,
  instance  text not null,
  samples   integer not null,
  histogram bytea not null,
  primary key (tenant_id, stage, minute, instance)
);

create table turn_minutes (
  tenant_id text not null references tenants,
  minute    timestamptz not null,
  instance  text not null,
  turns     integer not null,
  errors    integer not null,
  primary key (tenant_id, minute, instance)
);

do $$ declare t text; begin
  foreach t in array array['tenants', 'connections', 'calls', 'intakes', 'writes', 'payment_requests', 'latency_minutes', 'turn_minutes'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_only on %I using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant())', t);
    execute format('grant select, insert, update on %I to hermes_app', t);
  end loop;
end $$;
grant usage on schema public to hermes_app;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
