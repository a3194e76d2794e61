-- Up Migration

-- A named job that retries many parked writes. Its workflow holds the truth about rate and state; this is what lists show.
create table redrive_jobs (
  tenant_id       text not null references tenants,
  job_id          text not null,
  name            text not null check (length(name) between 1 and 120),
  filter          jsonb not null,
  state           text not null check (state in ('canary', 'running', 'paused', 'settling', 'completed', 'aborted')),
  -- why it is paused or aborted
  because         text,
  -- writes a second; null: as fast as they go
  rate_per_second double precision,
  -- at most so many are tried before it pauses; null: all of them
  budget          integer,
  canary          integer not null,
  ramp            boolean not null,
  total           integer not null,
  created_by      text not null,
  created_at      timestamptz not null default now(),
  -- the failures of what was tried before this no longer count against it
  resumed_at      timestamptz not null default now(),
  finished_at     timestamptz,
  primary key (tenant_id, job_id),
  unique (tenant_id, name)
);

-- The target set, frozen when the job is made, and what became of each write.
create table redrive_items (
  tenant_id   text not null,
  job_id      text not null,
  seq         integer not null,
  workflow_id text not null,
  state       text not null default 'pending' check (state in
    ('pending', 'sending', 'sent', 'landed', 'parked_again', 'proposed', 'discarded', 'no_longer_parked', 'aborted')),
  -- of the write, when it was told to try again; a higher one means that it did
  revision    integer,
  sent_at     timestamptz,
  settled_at  timestamptz,
  primary key (tenant_id, job_id, seq),
  foreign key (tenant_id, job_id) references redrive_jobs
);
create index redrive_items_open on redrive_items (tenant_id, job_id, seq) where state in ('pending', 'sending', 'sent');
create index redrive_items_settled on redrive_items (tenant_id, job_id, settled_at desc);

do $$ declare t text; begin
  foreach t in array array['redrive_jobs', 'redrive_items'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_only on %I using (tenant_id = hermes_tenant()) with check (tenant_id = hermes_tenant())', t);
    execute format('grant select, insert, update on %I to hermes_app', t);
  end loop;
end $$;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
