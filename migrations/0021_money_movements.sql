-- Up Migration

-- Our ledger of charges and of what gives them back, one row for each operation key; the rules are in
-- src/domain/payments/movement.ts. A request leaves only from `ready`. This row, not Temporal, remembers that it left.
create table money_movements (
  tenant_id      text not null references tenants,
  -- the operation key; LawPay keeps it as the transaction's reference
  reference      text not null,
  kind           text not null check (kind in ('CHARGE', 'REFUND')),
  account_kind   text not null check (account_kind in ('trust', 'operating')),
  account_id     text not null,
  amount_cents   bigint not null check (amount_cents > 0),
  currency       text not null check (currency = 'USD'),
  -- LawPay's id of the charge that is given back
  of_transaction text,
  how            text check (how in ('void', 'refund')),
  state          text not null check (state in ('ready', 'sent', 'answered', 'closed')),
  sends          integer not null default 0,
  sent_at        timestamptz,
  -- what LawPay says of it: its id, its status, and why it failed
  transaction_id text,
  status         text,
  failure_code   text,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  primary key (tenant_id, reference),
  check ((kind = 'REFUND') = (of_transaction is not null))
);
create index money_movements_of on money_movements (tenant_id, of_transaction) where of_transaction is not null;
create index money_movements_unproven on money_movements (tenant_id, sent_at) where state = 'sent';
alter table money_movements enable row level security;
alter table money_movements force row level security;
create policy tenant_only on money_movements using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant());
grant select, insert, update on money_movements to hermes_app;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
