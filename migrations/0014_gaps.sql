-- The gap loop: which questions that the bot did not answer belong together, what staff did about
-- them, and entries that are being written. Words stay where they were said.

-- What was done about a group of questions; one that nothing was done about is open.
CREATE TABLE gap_groups (
    id           TEXT    PRIMARY KEY,
    lang         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('open', 'ignored', 'answered')),
    -- The entry that answers it from now on.
    entry        TEXT,
    by_whom      TEXT,
    at           BIGINT
);

-- A question's group, once and for all. Its first message, and all of them as a JSON list.
CREATE TABLE gap_questions (
    message_id   TEXT    PRIMARY KEY,
    conversation_id TEXT NOT NULL,
    group_id     TEXT    NOT NULL REFERENCES gap_groups (id),
    lines        TEXT    NOT NULL
);
CREATE INDEX gap_questions_of_group ON gap_questions (group_id, message_id);
CREATE INDEX gap_questions_of_conversation ON gap_questions (conversation_id);

-- An entry as somebody is writing it: customers see nothing of it until it is published.
CREATE TABLE kb_drafts (
    key          TEXT    PRIMARY KEY,
    -- As JSON.
    entry        TEXT    NOT NULL,
    -- The row of the history that it was begun on; '' for a new entry.
    based_on     TEXT    NOT NULL,
    -- The group of questions that it is to answer.
    gap_group    TEXT,
    at           BIGINT  NOT NULL,
    by_whom      TEXT    NOT NULL
);
