-- What is asked often reads few rows, however many conversations there are.

-- The queue's page: those that nobody waits in, the latest first. The index before it held the
-- resolved ones as well, for nobody.
DROP INDEX conversations_open;
CREATE INDEX conversations_in_care ON conversations (last_customer_at)
    WHERE waiting_since IS NULL AND phase IN ('waiting', 'with-agent', 'answering');

-- How long the last customers waited for a person: one fact in hundreds is a handoff.
CREATE INDEX timeline_handoffs ON timeline (at) WHERE kind = 'handoff-asked';
