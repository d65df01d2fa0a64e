-- The outbound scheduler: what its choice needs of a row, and the budgets of bots, chats and groups.

-- When whoever waits for it is to have it; within a class the earliest leaves first.
ALTER TABLE outbox ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
-- From when on it is not sent any more: a person answers instead.
ALTER TABLE outbox ADD COLUMN expires_at BIGINT;
-- How many messages it is for its chat; a room is two, a sign none.
ALTER TABLE outbox ADD COLUMN weight BIGINT NOT NULL DEFAULT 1;
UPDATE outbox SET due_at = created_at WHERE state IN ('ready', 'sending', 'unknown');

DROP INDEX outbox_due;
CREATE INDEX outbox_heads ON outbox (channel, class, due_at, id) WHERE state = 'ready';
CREATE INDEX outbox_expiring ON outbox (channel, expires_at) WHERE state = 'ready' AND expires_at IS NOT NULL;

-- What was spent, and what is closed until when: written with the rows that spend it, read by
-- whoever delivers next.
CREATE TABLE budgets (
    channel      TEXT    NOT NULL,
    -- A chat or group; '' is the bot itself.
    chat         TEXT    NOT NULL,
    -- As JSON.
    state        TEXT    NOT NULL,
    -- From when on it takes a message.
    takes_at     BIGINT  NOT NULL,
    -- From when on the row says nothing any more.
    whole_at     BIGINT  NOT NULL,
    PRIMARY KEY (channel, chat)
);
