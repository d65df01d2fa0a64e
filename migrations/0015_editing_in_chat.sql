-- From when to when an entry is answered from (days in the desk's time zone, both included, as
-- YYYY-MM-DD), when it is to be read again, and by whom.
ALTER TABLE kb_entries ADD COLUMN valid_from TEXT;
ALTER TABLE kb_entries ADD COLUMN valid_to TEXT;
ALTER TABLE kb_entries ADD COLUMN review_on TEXT;
ALTER TABLE kb_entries ADD COLUMN owner TEXT;
CREATE INDEX kb_entries_by_beginning ON kb_entries (valid_from) WHERE valid_from IS NOT NULL;
CREATE INDEX kb_entries_by_end ON kb_entries (valid_to) WHERE valid_to IS NOT NULL;

-- An entry that somebody is writing in chat, step by step: one for each account, until it is kept,
-- cancelled, or left alone for a day.
CREATE TABLE kb_dialogues (
    channel      TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    -- Where it is led; '' for no thread.
    chat         TEXT    NOT NULL,
    thread       TEXT    NOT NULL,
    -- What was written so far, as JSON.
    dialogue     TEXT    NOT NULL,
    expires_at   BIGINT  NOT NULL,
    PRIMARY KEY (channel, account)
);
