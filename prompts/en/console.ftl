# The web console.

console-queue = Queue
console-knowledge = Knowledge
console-service-levels = Service levels
console-policies-why = How long customers may wait for what. The first policy that matches a conversation counts, from top to bottom.
console-calendar = Calendar { $name } ({ $zone })
console-change-plan = Change
console-plan-text = Calendars and policies, as TOML
console-plan-file = Add an iCalendar file (.ics) of holidays
console-plan-file-name = The file's name, as the plan names it
console-plan-save = Save as a new version
console-plan-versions = Versions
console-plan-changed-meanwhile = Somebody else changed the service levels meanwhile. Look at them above, then save again.
console-sign-out = Sign out
console-wait-for-customer = Wait for the customer
console-hold = On hold
console-resume = Go on
console-paused = Paused
console-lost = No connection. This page may be out of date; it follows again by itself.

console-sign-in-title = Sign in
console-sign-in-confirm = This link signs you in to the desk. It works once.
console-sign-in = Sign in
console-sign-in-how = Ask for a sign-in link: write /console to the bot in private, or run “careline console link --as NAME”. A link works once, for 15 minutes.
console-link-spent = This link does not work any more
console-too-many = Too many attempts
console-too-many-how = Please wait a minute and try again.
console-not-allowed = This is not for your role
console-not-allowed-how = Ask an admin if you need it.
console-bad-form = That could not be taken
console-bad-form-how = Go back, load the page again, and repeat it. Nothing was changed.
console-not-found = There is nothing here
console-not-found-how = It may have been removed, or the address is not complete.
console-broken = Something went wrong on our side
console-broken-how = Nothing was changed. Please try again in a moment.

console-queue-empty = Nobody is waiting. All is quiet.
console-waiting = Waiting for a person
console-with-agent = With a colleague
console-with-bot = With the bot
console-waits = waits { $length }
console-minutes = { $n } min
console-hours = { $n } h
console-days = { $n ->
        [one] 1 day
       *[other] { $n } days
    }
console-near = target near
console-missed = target missed
console-target-missed = missed: { $clock }
console-leads-called = lead called
console-snoozed = quiet for { $length }
console-left = write to them
console-needs-lead = { $n ->
        [one] One conversation needs you:
       *[other] { $n } conversations need you:
    }
console-human-first = a person first
console-human-if-unsure = a person if unsure
console-bot-is-fine = the bot is fine
console-resolved-by-bot = Resolved by the bot
console-closed = Closed

console-back = Back to the queue
console-messages = Messages
console-bot = Bot
console-note-by = Note by { $agent }
console-edited = changed
console-sending = Sending…
console-sent = ✓ Sent
console-withdrawn = Not sent: no longer needed
console-failed = ✗ Not delivered: { $why }
console-unknown = ⚠ It is not known whether this arrived
console-refused = That was no longer possible. The conversation has moved on.
console-send = Send to the customer
console-write-note = Keep the note
console-timeline = What happened

console-fact-opened = The conversation began
console-fact-customer-wrote = The customer wrote
console-fact-customer-thanked = The customer said thanks
console-fact-customer-edited = The customer changed a message
console-fact-lang = The language was recognised
console-fact-preference-asked = The customer was asked who should answer first
console-fact-preference-set = The customer said who should answer first
console-fact-decided = The bot decided what to do
console-fact-bot-answered = The bot’s answer arrived
console-fact-helped = The answer helped
console-fact-did-not-help = The answer did not help
console-fact-handoff = A person was called
console-fact-acknowledged = The customer was told that a person will come
console-fact-claimed = { $agent } took it
console-fact-claim-lost = { $agent } wanted to take it too
console-fact-released = { $agent } gave it back
console-fact-lease = { $agent } was silent for too long; it went back to the queue
console-fact-replied = { $agent }’s reply arrived
console-fact-reply-failed = { $agent }’s reply could not be delivered
console-fact-unknown = It is not known whether a message arrived
console-fact-arrived = It did arrive
console-fact-not-arrived = It did not arrive
console-fact-note = { $agent } wrote a note
console-fact-paused = The clocks were stopped
console-fact-resumed = The clocks run again
console-fact-warning = The desk was warned: a target is near
console-fact-segment = The customer is in a segment of their own
console-fact-target = A target began to run
console-fact-breached = A target was missed
console-fact-leads-called = Called to help: { $leads }
console-fact-choice-offered = The customer was told that it takes longer, and what they can do
console-fact-waits-on = The customer keeps waiting
console-fact-left = The customer left and wants to be written to
console-fact-chose-bot = The customer chose the bot
console-fact-taken-back = The handoff ended: nobody had answered
console-fact-snoozed = { $agent } wanted no further word for { $length }
console-fact-resolved-by-bot = Resolved by the bot
console-fact-resolved = { $agent } resolved it
console-fact-reopened = The customer came back
console-fact-closed = Closed
console-fact-blocked = The customer blocked the bot
console-fact-unblocked = The customer unblocked the bot
console-fact-room = A room was opened at the desk
console-fact-room-gone = The room at the desk was deleted
console-fact-refused = { $agent } tried what was no longer possible

console-search = Search
console-entries = { $n ->
        [one] 1 entry
       *[other] { $n } entries
    }
console-phrasings = Other ways of asking
console-triggers = Triggers

console-report = Report
console-report-sla = Waits
console-report-handoffs = Handoffs
console-report-staffing = Staffing
console-report-from = From
console-report-to = To
console-report-by = By
console-report-by-nothing = all together
console-report-by-channel = channel
console-report-by-agent = agent
console-report-by-segment = segment
console-report-by-language = language
console-report-by-hour = hour of the day
console-report-show = Show
console-report-days = { $n } days
console-report-zone = Days and hours in { $zone }. Conversations that began on these days, with all that came of them since.
console-report-files = Take away:
console-report-measure = What was waited for
console-report-median = median
console-report-open = open
console-report-target = target
console-report-attained = in time
console-report-reason = Why a person
console-report-taken = taken
console-report-given-back = given back
console-report-solved = solved
console-report-without-reply = ended without a reply
console-report-unreachable = unreachable
console-report-with-agent = with an agent
console-report-untaken = waiting
console-report-takers = Who took them
console-report-staffing-how = Agents needed in each hour; in brackets how many were there. Reckoned as if nobody left (Erlang C).

console-gaps = Open questions
console-gaps-why = Questions that the bot did not answer well, grouped by what they ask. Names, numbers and addresses are struck out.
console-gaps-none = Nothing is open. The bot knew what it was asked.
console-weeks = { $n ->
        [one] Last week
       *[other] Last { $n } weeks
    }
console-gap-ignored = ignored
console-gap-answer = What a person answered
console-gap-reopen = Tell of it again
console-gap-make-entry = Make an entry
console-gap-add-phrasing = Add as phrasing
console-gap-entry = To which entry
console-gap-phrasings = Phrasings, one a line
console-gap-ignore = Ignore
console-gap-nothing-added = Nothing was added: the entry has these phrasings already, or no text in this language.
console-entry-changed-meanwhile = Somebody else changed this entry meanwhile. Look at it and try again.
console-entry-changed-by = { $name } changed this entry while you were writing. Below is what differs; publish again to put yours in its place.
console-draft-changed-meanwhile = { $name } kept another draft of this entry meanwhile. Below is what differs; keep yours again to put it in its place.
console-new-entry = New entry
console-edit-entry = Edit the entry
console-is-draft = A draft: customers do not see it yet.
console-theirs-and-yours = Theirs is struck, yours is marked
console-key = Key (a–z, 0–9 and -)
console-tags = Tags
console-question = Question
console-phrasings-lines = Other ways of asking, one a line
console-answer = Answer (Markdown)
console-other-answers = Other wordings of the answer
console-other-answers-what = Say the same in other words, and see which of them helps more. Each customer always sees the same one, as long as wordings are compared (knowledge.wording_tests); an empty field is none.
console-publish = Publish
console-keep-draft = Keep as draft
console-discard-draft = Discard the draft
console-retire = Retire
console-drafts = Drafts
console-versions = Versions
console-what-changed = What changed
console-take-up = Take up again
console-version-new = new
console-version-changed = changed
console-version-retired = retired
console-entry-retired = This entry is out of use: the bot does not answer with it.
console-entry-has-struck = Something is still struck out ([…]): write it or take it out.
console-answer-alone = Answer
console-upkeep = Validity, review, owner
console-valid-from = Answered from
console-valid-to = Answered until
console-review-on = Read again on
console-owner = Owner
