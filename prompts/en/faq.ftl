# What admins read who write entries of the knowledge base in chat.

faq-not-admin = Only admins change the knowledge base. An admin can make you one: careline staff role
faq-usage =
    /faq add [en|vi|zh] [key]
    /faq edit [en|vi|zh] key
    /faq test [en|vi|zh] text
    /faq list [words]
    /faq history key
    /faq publish key
    /faq retire key
faq-use-form = Use the slash command: it opens a form.
faq-slow = The database takes too long just now. Nothing has happened; try again in a moment.
faq-key-form = { $key } is no key: write 1 to 80 of a-z, 0-9 and -, with - only in between, such as refund-time.
faq-no-entry = No entry has the key { $key }. /faq list shows all.
faq-no-draft = { $key } has no draft to publish. /faq edit { $key } begins one.
faq-is-there = { $key } is there already, or is being written: /faq edit { $key }
faq-draft-is-there = { $name } has a draft of { $key }, which would be written over: publish it, or discard it in the console, first.
faq-draft-kept = The draft of { $key } is kept. Customers see nothing of it until it is published: /faq publish { $key }
faq-published = { $key } is published. Customers get it within seconds.
faq-not-published = { $key } is not published yet, and nothing of it is lost:
faq-retired = { $key } is out of use within seconds. /faq history { $key } takes an older version up again.
faq-out-of-date = That is out of date: the newest message shows how it stands.

faq-changed-meanwhile = { $name } has published another version of { $key } meanwhile. Theirs (–) and yours (+):
faq-draft-meanwhile = { $name } has kept another draft of { $key } meanwhile. Theirs (–) and yours (+):
faq-nothing-differs = Nothing differs.
faq-yours-is-kept = Yours is not in use, but kept for a day: take it over theirs, or cancel and leave theirs.

faq-ask-question = Which question does the entry answer? Write it as a customer would.
faq-ask-phrasings = Other ways of asking it, one a line, in as many messages as you like. Then press Next.
faq-ask-answer = The answer, as customers are to read it: **bold**, *italic*, [links](https://…) and lists are kept. What is too long for one message can follow in the next. Then press Next.
faq-ask-triggers = Patterns (regular expressions), one a line: a text that one matches gets this entry for sure. Next keeps what is there.
faq-so-far = So far:
faq-only-text = Only text can be part of an entry; link to pictures and films.
faq-writing-already = You are writing { $key } already. Finish or /cancel it first.
faq-cancelled = Cancelled. Nothing of it is kept.
faq-left-alone = What you began to write was left alone for a day and is over. /faq begins anew.
faq-left-alone-kept = You left { $key } alone for a day: what you had written is kept as a draft (/faq edit { $key }).
faq-left-alone-told = You left { $key } alone for a day, and there is somebody else's draft of it now. What you had written follows.
faq-put-aside-kept = What you had written for { $key } before is kept as a draft (/faq edit { $key }).
faq-put-aside-told = There is somebody else's draft of { $key }. What you had written for it before follows.
faq-not-taken = Your message was not taken.

faq-preview = { $key } · { $lang }
faq-preview-phrasings = { $n ->
        [one] One other way of asking:
       *[other] { $n } other ways of asking:
    }
faq-messages = On { $platform } customers get the answer in { $n } messages.
faq-in-the-way = In the way of publishing:
faq-same-wording = Worth knowing: “{ $wording }” is a wording of { $key } too; customers are asked which they mean.

faq-list-head = { $n ->
        [one] One entry
       *[other] { $n } entries
    } · page { $page } of { $pages }
faq-list-draft = draft by { $name }
faq-history = Versions of { $key }, the newest first:
faq-test-answers = The bot answers with { $key }:
faq-test-asks = The bot asks which is meant: { $keys }
faq-test-person = The bot calls a person.
faq-test-candidates = How likely each entry is:

faq-button-next = Next
faq-button-cancel = Cancel
faq-button-publish = Publish
faq-button-draft = Keep as draft
faq-button-draft-over = Keep mine as draft
faq-button-publish-over = Publish mine
faq-button-question = Question
faq-button-phrasings = Phrasings
faq-button-answer = Answer
faq-button-triggers = Patterns
faq-button-earlier = ‹ Earlier
faq-button-later = Later ›
faq-button-take-up = Take up

faq-form-new = New entry · { $lang }
faq-form = { $key } · { $lang }
faq-field-left = Too long for a form here (over { $most } characters), so it was not shown and stays as it is: { $fields }. The console shows it whole.
faq-hint-lines = One a line
faq-hint-answer = Markdown: **bold**, *italic*, [links](https://…), lists
faq-hint-triggers = Regular expressions, one a line: what one matches gets this entry

# What admins see beside the command.
faq-command = Write entries of the knowledge base
faq-command-add = Begin a new entry
faq-command-edit = Change an entry or a draft
faq-command-test = What the bot would do with a text
faq-command-list = List entries and drafts
faq-command-history = Who changed an entry when
faq-command-publish = Let customers have a draft
faq-command-retire = Take an entry out of use
faq-argument-key = The entry
faq-argument-new-key = Its name, of a-z, 0-9 and -; made of the question without it
faq-argument-language = The language; yours without it
faq-argument-text = What a customer would write
faq-argument-words = Words in key or question
