-- Up Migration

-- What people and machines decided, who, why and when. Append-only and chained: each row's hash covers the row before it, so
-- that a row altered, removed or slipped in later shows. Written by src/db/audit.ts, checked by `npm run verify-audit`.
create table audit_log (
  tenant_id text not null references tenants,
  -- 1, 2, 3 … within a firm, without gaps
  seq       bigint not null check (seq > 0),
  -- names the event itself: a repeat of the same one (an activity that runs again) adds nothing
  event_id  text not null check (length(event_id) <= 400),
  at        timestamptz not null,
  actor     text not null,
  action    text not null,
  subject   text not null,
  reason    text not null,
  details   jsonb not null default '{}',
  -- what only the firm may read (a payload before and after an edit), sealed by the application
  sealed    bytea,
  prev_hash bytea not null check (length(prev_hash) = 32),
  hash      bytea not null check (length(hash) = 32),
  primary key (tenant_id, seq),
  unique (tenant_id, event_id)
);
create index audit_by_subject on audit_log (tenant_id, subject, seq);

create function audit_is_append_only() returns trigger language plpgsql
  as $$ begin raise exception 'audit_log is append-only' using errcode = '42501'; end $$;
create trigger audit_append_only before update or delete or truncate on audit_log
  for each statement execute function audit_is_append_only();

alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy tenant_only on audit_log using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant());
grant select, insert on audit_log to hermes_app;

-- Scheduled work goes through all firms: under the scope '*' (which is no tenant's id) their names can be read, nothing else.
create policy names_for_scheduled_work on tenants for select using (hermes_tenant() = '*');

-- Down Migration
-- Forward only: mend a mistake with a new migration.
