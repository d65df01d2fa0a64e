-- Stored figures: what reports are read from. A cache; everything in it follows from the timeline.

-- Conversations that have facts which their line does not know yet: the newest of these, or '' for
-- all of them.
CREATE TABLE figures_due (
    conversation_id TEXT PRIMARY KEY,
    fact         TEXT    NOT NULL
);
INSERT INTO figures_due (conversation_id, fact) SELECT DISTINCT conversation_id, '' FROM timeline;

-- What each conversation counts as, and its waits.
CREATE TABLE figures (
    conversation_id TEXT PRIMARY KEY,
    -- The day in UTC on which it began, counted from 1970-01-01.
    day          BIGINT  NOT NULL,
    -- By what it was computed.
    rules        TEXT    NOT NULL,
    -- As JSON.
    line         TEXT    NOT NULL
);
CREATE INDEX figures_of_day ON figures (day, conversation_id);
CREATE INDEX figures_by_rules ON figures (rules);

-- Days with lines that their cells do not know yet: a name for the newest change.
CREATE TABLE figures_days_due (
    day          BIGINT  PRIMARY KEY,
    change       TEXT    NOT NULL
);

-- What the conversations of a day amount to, for each value of what a report can be split by.
CREATE TABLE figures_cells (
    split        TEXT    NOT NULL,
    day          BIGINT  NOT NULL,
    -- A value: a channel, an agent, an hour.
    member       TEXT    NOT NULL,
    -- How conversations went, or the waits of one measure.
    part         TEXT    NOT NULL,
    -- As JSON.
    counts       TEXT    NOT NULL,
    -- How many lengths; all of them, where they are few enough; their sketch. Twice: in wall time
    -- and in business time.
    n            BIGINT  NOT NULL,
    exact        TEXT,
    sketch       TEXT    NOT NULL,
    business_n   BIGINT  NOT NULL,
    business_exact TEXT,
    business_sketch TEXT NOT NULL,
    PRIMARY KEY (split, day, member, part)
);

-- What a customer chose is looked for by the customer now.
DROP INDEX timeline_preferences;
CREATE INDEX timeline_chosen ON timeline (customer_id, at) WHERE kind = 'preference-set';
