-- Up Migration

-- Where a firm wants to be told of what happens. Its address and signing secrets are sealed by the application: for some
-- receivers the address is the secret.
create table webhook_endpoints (
  tenant_id       text not null references tenants,
  endpoint_id     text not null,
  kind            text not null check (kind in ('standard', 'zapier')),
  -- the address without what may be secret in it, for people
  host            text not null,
  -- SHA-256 of the address, so that one that subscribes again is known
  url_hash        bytea not null,
  sealed          bytea,
  description     text not null default '',
  -- types of events; empty: all
  event_types     text[] not null,
  -- sends what a caller said along with the ids
  include_details boolean not null default false,
  rate_per_minute integer not null check (rate_per_minute > 0),
  state           text not null default 'active' check (state in ('active', 'disabled', 'gone')),
  because         text,
  failing_since   timestamptz,
  last_success_at timestamptz,
  created_by      text not null,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, endpoint_id)
);
create index webhook_endpoints_live on webhook_endpoints (tenant_id) where state = 'active';

-- What happened and is to be told, written in the transaction in which it happened. Each becomes one write per endpoint.
create table outgoing_events (
  tenant_id     text not null references tenants,
  event_id      text not null,
  type          text not null,
  occurred_at   timestamptz not null,
  data          jsonb not null,
  created_at    timestamptz not null default now(),
  -- when the writes were started
  fanned_out_at timestamptz,
  primary key (tenant_id, event_id)
);
create index outgoing_events_waiting on outgoing_events (tenant_id, created_at) where fanned_out_at is null;

do $$ declare t text; begin
  foreach t in array array['webhook_endpoints', 'outgoing_events'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_only on %I using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant())', t);
    execute format('grant select, insert, update on %I to hermes_app', t);
  end loop;
end $$;
-- Told long ago: nothing is lost with it.
grant delete on outgoing_events to hermes_app;

-- Whose breaker and pace a write is under, where that is not the whole system.
alter table writes add column lane text;
drop index writes_waiting;
create index writes_waiting on writes (tenant_id, coalesce(lane, system), woken_epoch) where state in ('backoff', 'parked');

-- Down Migration
-- Forward only: mend a mistake with a new migration.
