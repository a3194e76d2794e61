-- Up Migration

-- A parked write that nobody decided about in all the time parked writes are kept.
alter table writes drop constraint writes_state_check;
alter table writes add constraint writes_state_check
  check (state in ('running', 'retrying', 'backoff', 'parked', 'done', 'discarded', 'expired'));

-- Down Migration
-- Forward only: mend a mistake with a new migration.
