-- Up Migration

-- What a job has told and not settled: looked through several times a second, beside thousands that are not told yet.
create index redrive_items_sent on redrive_items (tenant_id, job_id, seq) where state = 'sent';

-- Down Migration
-- Forward only: mend a mistake with a new migration.
