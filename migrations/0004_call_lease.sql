-- Up Migration

-- Until when the edge that has a call on the line vouches for it. It renews this while the call goes on; an edge that is
-- gone cannot, so a call it left behind stops counting as live by itself.
alter table calls add column live_until timestamptz;

-- Down Migration
-- Forward only: mend a mistake with a new migration.
