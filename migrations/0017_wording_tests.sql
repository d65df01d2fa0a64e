-- Other wordings of an answer, as a JSON list of texts.
ALTER TABLE kb_texts ADD COLUMN other_answers TEXT NOT NULL DEFAULT '[]';

-- Of which entry a fact says that the answer was one of several wordings: by it the conversations
-- are found from which it is told which wording helps more.
ALTER TABLE timeline ADD COLUMN tested_entry TEXT;
CREATE INDEX timeline_of_wording_tests ON timeline (tested_entry, conversation_id)
    WHERE tested_entry IS NOT NULL;
