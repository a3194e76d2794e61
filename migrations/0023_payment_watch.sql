-- Up Migration

-- Events that LawPay told of. They carry no signature, so nothing in them is believed: they say where to look.
create table lawpay_events (
  tenant_id      text not null references tenants,
  event_id       text not null,
  type           text not null,
  transaction_id text,
  source         text not null check (source in ('webhook', 'poll')),
  received_at    timestamptz not null default now(),
  handled_at     timestamptz,
  -- what looking showed: read, unknown (LawPay has no such transaction), or no_transaction
  outcome        text,
  primary key (tenant_id, event_id)
);
create index lawpay_events_open on lawpay_events (tenant_id, received_at) where handled_at is null;

-- What LawPay itself said of a transaction when it was last read with the firm's key.
create table lawpay_transactions (
  tenant_id      text not null references tenants,
  transaction_id text not null,
  type           text not null check (type in ('CHARGE', 'REFUND')),
  status         text not null,
  amount_cents   bigint not null,
  refunded_cents bigint not null,
  account_id     text not null,
  reference      text,
  charge_id      text,
  created_at     timestamptz not null,
  modified_at    timestamptz not null,
  read_at        timestamptz not null default now(),
  primary key (tenant_id, transaction_id)
);
create index lawpay_transactions_by_reference on lawpay_transactions (tenant_id, reference) where reference is not null;

-- How far events were polled, and what the last comparison of the ledgers found; one row for each firm.
create table payment_watch (
  tenant_id    text primary key references tenants,
  polled_until timestamptz,
  compared_at  timestamptz,
  compared     jsonb not null default '{}'
);

-- Where our ledger and LawPay's disagree. Never put right by itself: a person decides what money does.
create table payment_drifts (
  tenant_id   text not null references tenants,
  drift_id    uuid not null default gen_random_uuid(),
  kind        text not null,
  -- a reference of ours or a transaction of LawPay's
  subject     text not null,
  detail      text not null,
  first_seen  timestamptz not null default now(),
  last_seen   timestamptz not null default now(),
  resolved_at timestamptz,
  primary key (tenant_id, drift_id)
);
create unique index payment_drifts_open on payment_drifts (tenant_id, kind, subject) where resolved_at is null;

do $$ declare t text; begin
  foreach t in array array['lawpay_events', 'lawpay_transactions', 'payment_watch', 'payment_drifts'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_only on %I using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant())', t);
    execute format('grant select, insert, update on %I to hermes_app', t);
  end loop;
end $$;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
