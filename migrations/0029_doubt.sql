-- Up Migration

-- Whether an attempt may have done its work without our knowing. What is not in doubt need not be looked for before it is
-- tried again: a vendor that refused a creation has made nothing. Rows from before this are looked for, as they always were.
alter table writes add column in_doubt boolean not null default true;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
