-- Up Migration

-- What the person who takes over a call hears before they speak with the caller. Emptied when the hand-over is over.
alter table calls add column whisper text check (length(whisper) <= 1000);

-- Down Migration
-- Forward only: mend a mistake with a new migration.
