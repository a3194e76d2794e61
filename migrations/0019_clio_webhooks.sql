-- Up Migration

-- What a firm's Clio tells us of: one subscription per model. Clio lets them run out after 31 days without a word.
create table clio_webhooks (
  tenant_id     text not null references tenants,
  model         text not null,
  -- the last part of the address Clio posts to; names firm and model under a seal
  path_key      text not null,
  webhook_id    bigint,
  -- the secret of the handshake, sealed by the application; null until Clio has shaken hands
  sealed_secret bytea,
  expires_at    timestamptz,
  updated_at    timestamptz not null default now(),
  primary key (tenant_id, model)
);

-- Deliveries, each once. Clio gives them neither an id nor a time: what tells them apart is the record and its etag.
create table clio_events (
  tenant_id   text not null references tenants,
  webhook_id  bigint not null,
  record_id   text not null,
  etag        text not null,
  event       text not null,
  model       text not null,
  received_at timestamptz not null default now(),
  primary key (tenant_id, webhook_id, record_id, etag, event)
);
create index clio_events_latest on clio_events (tenant_id, received_at desc);

do $$ declare t text; begin
  foreach t in array array['clio_webhooks', 'clio_events'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_only on %I using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant())', t);
    execute format('grant select, insert, update, delete on %I to hermes_app', t);
  end loop;
end $$;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
