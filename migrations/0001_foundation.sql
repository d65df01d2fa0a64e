-- The one schema for SQLite and PostgreSQL. Ids are TEXT made by the program, times are BIGINT
-- milliseconds since the epoch (UTC), structured values are JSON in TEXT.

-- What arrived, before anything is done about it.
CREATE TABLE inbox (
    id           TEXT    PRIMARY KEY,
    natural_key  TEXT    NOT NULL UNIQUE,
    origin       TEXT    NOT NULL CHECK (origin IN ('telegram', 'discord', 'web', 'console', 'clock', 'delivery')),
    -- Arrivals of one lane are decided on one by one, in the order of their position.
    lane         TEXT    NOT NULL,
    position     BIGINT  NOT NULL,
    arrival      TEXT    NOT NULL,
    raw          TEXT,
    platform_at  BIGINT  NOT NULL,
    received_at  BIGINT  NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('new', 'done', 'set-aside')),
    done_at      BIGINT,
    outcome      TEXT
);
CREATE INDEX inbox_new ON inbox (lane, position, id) WHERE state = 'new';
CREATE INDEX inbox_new_by_age ON inbox (id) WHERE state = 'new';

-- The last message taken from each place: where to read on after a gap.
CREATE TABLE watermarks (
    channel      TEXT    NOT NULL,
    chat         TEXT    NOT NULL,
    last_message TEXT    NOT NULL,
    last_position BIGINT NOT NULL,
    taken_at     BIGINT  NOT NULL,
    PRIMARY KEY (channel, chat)
);

CREATE TABLE customers (
    id           TEXT    PRIMARY KEY,
    name         TEXT    NOT NULL,
    lang         TEXT,
    lang_chosen  BOOLEAN NOT NULL,
    preference   TEXT    CHECK (preference IN ('human-first', 'human-if-unsure', 'bot-is-fine')),
    preference_asked BOOLEAN NOT NULL,
    segment      TEXT,
    created_at   BIGINT  NOT NULL
);

-- A customer's account on a platform.
CREATE TABLE identities (
    channel      TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    customer_id  TEXT    NOT NULL REFERENCES customers (id),
    name         TEXT    NOT NULL,
    -- The chat by which the account is written to outside any conversation.
    chat         TEXT    NOT NULL,
    blocked_at   BIGINT,
    PRIMARY KEY (channel, account)
);
CREATE INDEX identities_of_customer ON identities (customer_id);

CREATE TABLE conversations (
    id           TEXT    PRIMARY KEY,
    -- A short name for people: what stands in a room's title.
    code         TEXT    NOT NULL UNIQUE,
    customer_id  TEXT    NOT NULL REFERENCES customers (id),
    channel      TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    -- Where the customer wrote last, and is answered.
    chat         TEXT    NOT NULL,
    thread       TEXT,
    phase        TEXT    NOT NULL CHECK (phase IN ('answering', 'waiting', 'with-agent', 'resolved', 'closed')),
    -- The phase with all that it holds, as JSON.
    state        TEXT    NOT NULL,
    version      BIGINT  NOT NULL,
    opened_at    BIGINT  NOT NULL,
    last_customer_at BIGINT NOT NULL,
    -- The agent who has it, and since when a customer waits for a person: for the queue.
    agent_id     TEXT,
    waiting_since BIGINT,
    previous_id  TEXT,
    segment      TEXT
);
CREATE UNIQUE INDEX conversations_one_open ON conversations (channel, account) WHERE phase <> 'closed';
CREATE INDEX conversations_queue ON conversations (waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversations_open ON conversations (last_customer_at) WHERE phase <> 'closed';
CREATE INDEX conversations_of_customer ON conversations (customer_id, opened_at);

CREATE TABLE messages (
    id           TEXT    PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    -- Order within the conversation.
    position     BIGINT  NOT NULL,
    author       TEXT    NOT NULL CHECK (author IN ('customer', 'bot', 'agent', 'note')),
    staff_id     TEXT,
    -- Parts of the message as JSON; `words` is their plain text.
    parts        TEXT    NOT NULL,
    words        TEXT    NOT NULL,
    platform_at  BIGINT  NOT NULL,
    edited_at    BIGINT
);
CREATE INDEX messages_thread ON messages (conversation_id, position, id);

-- Which of our messages a platform's message is: for replies, edits, echoes.
CREATE TABLE message_refs (
    channel      TEXT    NOT NULL,
    chat         TEXT    NOT NULL,
    ref          TEXT    NOT NULL,
    message_id   TEXT    NOT NULL,
    conversation_id TEXT NOT NULL,
    PRIMARY KEY (channel, chat, ref)
);
CREATE INDEX message_refs_of_message ON message_refs (message_id);

-- A conversation's room at a desk.
CREATE TABLE rooms (
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    desk         TEXT    NOT NULL CHECK (desk IN ('telegram', 'discord')),
    chat         TEXT    NOT NULL,
    -- A Telegram topic's id; '' on Discord, where a post is a channel of its own.
    thread       TEXT    NOT NULL,
    card         TEXT,
    opened_at    BIGINT  NOT NULL,
    gone_at      BIGINT,
    PRIMARY KEY (conversation_id, desk)
);
CREATE UNIQUE INDEX rooms_by_place ON rooms (desk, chat, thread);

-- What is to be delivered, once.
CREATE TABLE outbox (
    id           TEXT    PRIMARY KEY,
    conversation_id TEXT,
    -- What made it (an arrival's id) and which of its effects: nothing is answered twice.
    cause        TEXT    NOT NULL,
    slot         BIGINT  NOT NULL,
    -- Rows of one lane leave one by one, in this order.
    lane         TEXT    NOT NULL,
    position     BIGINT  NOT NULL,
    class        BIGINT  NOT NULL,
    channel      TEXT    NOT NULL,
    -- The place; for a row to a room it is found when it leaves, since the room may be new.
    chat         TEXT,
    thread       TEXT,
    to_room      BOOLEAN NOT NULL,
    purpose      TEXT    NOT NULL,
    act          TEXT    NOT NULL,
    message_id   TEXT,
    staff_id     TEXT,
    state        TEXT    NOT NULL CHECK (state IN ('ready', 'sending', 'sent', 'unknown', 'failed', 'cancelled')),
    not_before   BIGINT  NOT NULL,
    attempts     BIGINT  NOT NULL,
    attempted_at BIGINT,
    -- When an attempt was begun whose outcome nobody knows.
    unknown_since BIGINT,
    created_at   BIGINT  NOT NULL,
    sent_at      BIGINT,
    platform_ref TEXT,
    failure      TEXT,
    UNIQUE (cause, slot)
);
CREATE INDEX outbox_due ON outbox (channel, class, not_before, id) WHERE state = 'ready';
CREATE INDEX outbox_lane ON outbox (lane, position, id) WHERE state IN ('ready', 'sending');
CREATE INDEX outbox_of_conversation ON outbox (conversation_id, id);
CREATE INDEX outbox_open ON outbox (state, attempted_at) WHERE state IN ('sending', 'unknown');

-- Buttons that were shown: single use, for one version of one matter.
CREATE TABLE buttons (
    token        TEXT    PRIMARY KEY,
    conversation_id TEXT NOT NULL,
    -- The buttons that are spent together.
    family       TEXT    NOT NULL,
    audience     TEXT    NOT NULL CHECK (audience IN ('customer', 'staff')),
    action       TEXT    NOT NULL,
    -- The version of the handoff or turn that it was made for.
    made_for     BIGINT  NOT NULL,
    reusable     BOOLEAN NOT NULL,
    made_at      BIGINT  NOT NULL,
    used_at      BIGINT,
    used_by      TEXT
);
CREATE INDEX buttons_family ON buttons (family);

CREATE TABLE timers (
    conversation_id TEXT NOT NULL,
    kind         TEXT    NOT NULL,
    due_at       BIGINT  NOT NULL,
    made_for     BIGINT  NOT NULL,
    PRIMARY KEY (conversation_id, kind)
);
CREATE INDEX timers_due ON timers (due_at);

-- The facts. Append-only: every figure is computed from here.
CREATE TABLE timeline (
    id           TEXT    PRIMARY KEY,
    conversation_id TEXT NOT NULL,
    customer_id  TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    -- The platform's time where it has one, otherwise ours; and when we wrote it down.
    at           BIGINT  NOT NULL,
    recorded_at  BIGINT  NOT NULL,
    staff_id     TEXT,
    fact         TEXT    NOT NULL
);
CREATE INDEX timeline_of_conversation ON timeline (conversation_id, id);
CREATE INDEX timeline_by_time ON timeline (at);

CREATE TABLE staff (
    id           TEXT    PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,
    role         TEXT    NOT NULL CHECK (role IN ('agent', 'lead', 'admin')),
    lang         TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    removed_at   BIGINT
);

CREATE TABLE staff_identities (
    channel      TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    staff_id     TEXT    NOT NULL REFERENCES staff (id),
    PRIMARY KEY (channel, account)
);

-- One-time sign-in links and the sessions they open; only hashes of the secrets are kept.
CREATE TABLE sign_in_links (
    hash         TEXT    PRIMARY KEY,
    staff_id     TEXT    NOT NULL REFERENCES staff (id),
    expires_at   BIGINT  NOT NULL,
    used_at      BIGINT
);
CREATE TABLE sign_ins (
    hash         TEXT    PRIMARY KEY,
    staff_id     TEXT    NOT NULL REFERENCES staff (id),
    -- Proof that a form was ours.
    form_token   TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    last_seen_at BIGINT  NOT NULL
);

-- The web chat's own log: what each visitor was shown and wrote, in order.
CREATE TABLE web_visitors (
    hash         TEXT    PRIMARY KEY,
    visitor      TEXT    NOT NULL UNIQUE,
    created_at   BIGINT  NOT NULL
);
CREATE TABLE web_log (
    visitor      TEXT    NOT NULL,
    seq          BIGINT  NOT NULL,
    -- Our message's id or the visitor's own: the same one is never logged twice.
    origin       TEXT    NOT NULL,
    author       TEXT    NOT NULL CHECK (author IN ('customer', 'shop')),
    entry        TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    PRIMARY KEY (visitor, seq)
);
CREATE UNIQUE INDEX web_log_origin ON web_log (visitor, origin);

CREATE TABLE kb_entries (
    key          TEXT    PRIMARY KEY,
    tags         TEXT    NOT NULL,
    triggers     TEXT    NOT NULL,
    retired      BOOLEAN NOT NULL,
    updated_at   BIGINT  NOT NULL,
    updated_by   TEXT    NOT NULL
);
CREATE TABLE kb_texts (
    key          TEXT    NOT NULL REFERENCES kb_entries (key),
    lang         TEXT    NOT NULL,
    question     TEXT    NOT NULL,
    phrasings    TEXT    NOT NULL,
    answer       TEXT    NOT NULL,
    updated_at   BIGINT  NOT NULL,
    PRIMARY KEY (key, lang)
);
CREATE TABLE kb_history (
    id           TEXT    PRIMARY KEY,
    key          TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    by_whom      TEXT    NOT NULL,
    change       TEXT    NOT NULL,
    entry        TEXT
);
CREATE INDEX kb_history_of_entry ON kb_history (key, id);

-- Small facts of the program's own: the knowledge base's revision, Discord's identify budget.
CREATE TABLE remembered (
    name         TEXT    PRIMARY KEY,
    value        TEXT    NOT NULL
);
