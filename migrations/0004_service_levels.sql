-- Service levels: every version of the plan, as it was written; none is ever changed.
CREATE TABLE sla_plans (
    version      BIGINT  PRIMARY KEY,
    at           BIGINT  NOT NULL,
    by_whom      TEXT    NOT NULL,
    -- The plan's text, and the iCalendar files that it names as a JSON object by their names.
    plan         TEXT    NOT NULL,
    files        TEXT    NOT NULL
);
