-- Up Migration

-- The line the call came from, when the carrier (or the firm's own program) told. It becomes the contact's number when the
-- caller gives none.
alter table calls add column caller_id text check (caller_id ~ '^\+[1-9][0-9]{6,14}$');

-- Down Migration
-- Forward only: mend a mistake with a new migration.
