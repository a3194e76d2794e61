-- Up Migration

-- Whom a firm wants to be told of trouble, and how. The address is sealed by the application: Slack's and PagerDuty's are
-- secrets, the others personal.
create table notice_channels (
  tenant_id    text not null references tenants,
  channel_id   text not null,
  system       text not null check (system in ('mail', 'sms', 'slack', 'pagerduty')),
  sealed       bytea,
  -- the address with most of it left out, for people
  shown        text not null,
  -- the least severe alert that is told here; null: none
  alerts_from  text check (alerts_from in ('critical', 'warning')),
  -- told here of every finished intake
  intakes      boolean not null default false,
  state        text not null default 'active' check (state in ('active', 'gone')),
  created_by   text not null,
  created_at   timestamptz not null default now(),
  primary key (tenant_id, channel_id)
);
alter table notice_channels enable row level security;
alter table notice_channels force row level security;
create policy tenant_only on notice_channels using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant());
grant select, insert, update on notice_channels to hermes_app;

-- When somebody was told of an alert, and of its end. Those there are already are not told again.
alter table alerts add column announced_at timestamptz, add column end_announced_at timestamptz;
update alerts set announced_at = raised_at, end_announced_at = resolved_at;
create index alerts_untold on alerts (tenant_id, raised_at)
  where announced_at is null or (resolved_at is not null and end_announced_at is null);


-- Down Migration
-- Forward only: mend a mistake with a new migration.
