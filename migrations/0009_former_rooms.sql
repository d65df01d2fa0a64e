-- Where a conversation's room once was: what was said there belongs to its customer, and is erased
-- with them.
CREATE TABLE former_rooms (
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    desk         TEXT    NOT NULL,
    chat         TEXT    NOT NULL,
    thread       TEXT    NOT NULL,
    PRIMARY KEY (conversation_id, desk, chat, thread)
);
