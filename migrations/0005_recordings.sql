-- Up Migration

-- The sound of calls: one row per recording, the encrypted file elsewhere (docs/decisions/0010-recordings-beside-the-call.md).
create table recordings (
  tenant_id    text not null,
  call_id      text not null,
  -- recording: under way, or on its way to the store; incomplete: what is there is whole, the end is missing
  state        text not null check (state in ('recording', 'stored', 'incomplete', 'deleted')),
  -- the caller's yes: number of the turn that said it, and when
  consent_turn integer,
  consent_at   timestamptz,
  started_at   timestamptz,
  duration_ms  bigint,
  bytes        bigint,
  store        text,
  updated_at   timestamptz not null default now(),
  primary key (tenant_id, call_id),
  foreign key (tenant_id, call_id) references calls
);
create index recordings_by_age on recordings (started_at) where state <> 'deleted';

-- What was done with a recording and by whom. The application can add to it, and neither change nor remove.
create table recording_events (
  tenant_id text not null,
  call_id   text not null,
  at        timestamptz not null default clock_timestamp(),
  action    text not null check (action in ('began', 'stored', 'incomplete', 'heard', 'deleted')),
  -- subject of the access token, or caller, edge, retention
  actor     text not null,
  foreign key (tenant_id, call_id) references calls
);
create index recording_events_by_call on recording_events (tenant_id, call_id, at);

do $$ declare t text; begin
  foreach t in array array['recordings', 'recording_events'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_only on %I using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant())', t);
  end loop;
end $$;
grant select, insert, update on recordings to hermes_app;
grant select, insert on recording_events to hermes_app;

-- Who sweeps out what is too old must know of every firm's recordings; it says so, as withTenant() says which firm it serves.
create policy sweep on recordings for select using (current_setting('hermes.sweep', true) = 'recordings');

-- Down Migration
-- Forward only: mend a mistake with a new migration.
