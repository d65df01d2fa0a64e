-- What only one process may do at a time (deliver for a bot, hear a platform), and who does it.
CREATE TABLE leases (
    name         TEXT    PRIMARY KEY,
    owner        TEXT    NOT NULL,
    -- Grows with every holder: what was begun under an older number is not ours.
    fence        BIGINT  NOT NULL,
    held_until   BIGINT  NOT NULL
);

-- The fence of the delivery's lease under which a row was taken last; 0 for one never taken so.
ALTER TABLE outbox ADD COLUMN fence BIGINT NOT NULL DEFAULT 0;
