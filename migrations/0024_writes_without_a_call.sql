-- Up Migration

-- Alerts, outgoing events and refunds are writes that come of no call.
alter table writes alter column call_id drop not null;
alter table payment_requests alter column call_id drop not null;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
