-- With which revision of the base an entry last changed: whoever knows an earlier one reads what
-- has changed since, not the whole base.
ALTER TABLE kb_entries ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
CREATE INDEX kb_entries_by_revision ON kb_entries (revision);
