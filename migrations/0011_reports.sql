-- Reports in chat: what staff asked for and is not drawn yet, and which digests were sent.
CREATE TABLE report_requests (
    -- The arrival that asked.
    cause        TEXT    PRIMARY KEY,
    -- What is wanted and where it goes, as JSON.
    wanted       TEXT    NOT NULL,
    asked_at     BIGINT  NOT NULL
);
CREATE TABLE digests (
    -- 'daily' or 'weekly'.
    name         TEXT    PRIMARY KEY,
    -- The morning of the last one, as YYYY-MM-DD.
    day          TEXT    NOT NULL
);
-- What customers chose: one fact in hundreds.
CREATE INDEX timeline_preferences ON timeline (at) WHERE kind = 'preference-set';
