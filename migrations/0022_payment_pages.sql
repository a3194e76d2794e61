-- Up Migration

-- One of our own payment pages: what is asked for, and which attempt to pay is the current one. It never holds card data.
create table payment_pages (
  tenant_id         text not null references tenants,
  page_id           text not null,
  -- hash of the secret in its address
  secret_sha256     bytea not null,
  -- the payment request it serves
  request_reference text not null,
  call_id           text,
  purpose           text not null,
  fee               text not null check (fee in ('unearned', 'earned')),
  account_kind      text not null check (account_kind in ('trust', 'operating')),
  account_id        text not null,
  amount_cents      bigint not null check (amount_cents > 0),
  currency          text not null check (currency = 'USD'),
  -- the account's public key, which lets a browser make tokens and nothing else
  public_key        text not null,
  attempts          integer not null default 0,
  -- hash of the token of the current attempt: the same one posted again is the same attempt
  token_sha256      bytea,
  attempted_at      timestamptz,
  -- the token itself, sealed, until its write has begun
  sealed_token      bytea,
  expires_at        timestamptz not null,
  created_at        timestamptz not null default now(),
  primary key (tenant_id, page_id),
  unique (tenant_id, request_reference),
  unique (tenant_id, secret_sha256),
  check ((fee = 'unearned') = (account_kind = 'trust'))
);
alter table payment_pages enable row level security;
alter table payment_pages force row level security;
create policy tenant_only on payment_pages using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant());
grant select, insert, update on payment_pages to hermes_app;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
