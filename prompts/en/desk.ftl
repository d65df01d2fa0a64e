# What staff read in their rooms.

desk-room-title = { $name } · { $channel } · { $code }
desk-card-who = { $name } · { $channel } · { $language } · { $code }
desk-card-human-first = Wants a person first
desk-card-human-if-unsure = Wants a person if the bot is unsure
desk-card-bot-is-fine = The bot is fine for them
desk-card-no-preference = Has not said who should answer first
desk-card-reason = Why a person: { $reason }
desk-card-tried-answer = The bot answered: { $question }
desk-card-tried-offer = The bot offered: { $questions }
desk-card-tried-unsure = The bot found nothing likely enough
desk-card-tried-nothing = The bot has not tried anything
desk-card-waiting = Waiting for { $minutes ->
        [one] one minute
       *[other] { $minutes } minutes
    }
desk-card-claimed = { $agent } has it
desk-card-resolved = Resolved by { $agent }
desk-card-with-bot = With the bot
desk-line-customer = { $name }: { $words }
desk-line-bot = Bot: { $words }
desk-line-agent = Us: { $words }

desk-channel-telegram = Telegram
desk-channel-discord = Discord
desk-channel-web = web chat
desk-language-en = English
desk-language-vi = Vietnamese
desk-language-zh = Chinese
desk-language-unknown = language unknown

desk-reason-asked = they asked for one
desk-reason-prefers-person = they prefer a person
desk-reason-unsure = the bot was not sure
desk-reason-none-of-these = none of the bot's choices fitted
desk-reason-did-not-help = the bot's answer did not help
desk-reason-same-answer = the same answer was due a second time
desk-reason-cannot-read = the bot cannot read what they sent
desk-reason-reopened = they came back on a resolved matter
desk-reason-delivery-unknown = nobody knows whether the bot's answer arrived
desk-reason-answer-too-old = the bot's answer came too late to be sent
desk-reason-answer-failed = the bot's answer could not be delivered
desk-reason-taken-over = a colleague took it from the bot

desk-customer-says = { $name }:
desk-customer-edited = { $name } changed a message:
desk-customer-blocked = { $name } has blocked the bot. Nothing can be delivered until they unblock it.
desk-customer-unblocked = { $name } has unblocked the bot.
desk-note-by = Note by { $agent }:
desk-sent-by = ✓ Sent by { $agent } to { $customer }:
desk-not-delivered = ✗ Not delivered ({ $why }):
desk-delivery-unknown = ⚠ It is not known whether this reached { $customer }:
desk-maybe-repeated = (perhaps a repetition)
desk-warning = ⏳ Waiting for { $waited ->
        [one] one minute
       *[other] { $waited } minutes
    }; { $left ->
        [one] one minute
       *[other] { $left } minutes
    } left to the target.
desk-breach = 🔴 The target of { $target ->
        [one] one minute
       *[other] { $target } minutes
    } is missed: waiting for { $waited ->
        [one] one minute.
       *[other] { $waited } minutes.
    }
desk-lease-over = { $agent } has been silent while the customer waits: the conversation is back in the queue.
desk-still-waiting = 🔔 Still waiting for an answer: { $waited ->
        [one] one minute.
       *[other] { $waited } minutes.
    }
desk-target-near = ⏳ { $clock }: { $length } left to the target.
desk-target-missed = 🔴 { $clock }: the target of { $length } is missed.
desk-snoozed = 🔕 { $agent } wants no further word for { $minutes ->
        [one] one minute,
       *[other] { $minutes } minutes,
    } or until the customer writes. The clocks run on.
desk-customer-left = { $name } does not wait here any longer and wants to be written to; the place in the queue is kept.
desk-tries-bot = { $name } tries the bot again: this handoff is over.

desk-button-claim = Claim
desk-button-release = Release
desk-button-reply = Reply
desk-button-note = Note
desk-button-resolve = Resolve
desk-button-snooze = No further word for now
desk-button-send-again = Send again
desk-button-it-arrived = It arrived
desk-form-reply = To { $name }
desk-form-reply-field = What the customer will read
desk-form-note = Note on { $name }
desk-form-note-field = Only staff see this

desk-claimed-by-you = It is yours. Reply to the customer's message, or write /r and your text; everything else stays among us.
desk-yours-already = It is yours already.
desk-was-faster = { $agent } was faster.
desk-has-it = { $agent } has this conversation.
desk-released = It is back in the queue.
desk-claim-first = Claim the conversation first.
desk-paused = The clocks stand still until the customer writes, or until you let them go on (/resume).
desk-paused-already = The clocks stand still already.
desk-not-paused = The clocks are running.
desk-goes-on = The clocks go on.
desk-resolved = Resolved.
desk-resolved-already = { $agent } has resolved it already.
desk-on-its-way = On its way; a mark shows when it has arrived.
desk-sending-again = Sending it again.
desk-counted-as-arrived = Counted as arrived.
desk-empty-reply = There is nothing to send: write the text after /r, or reply to the customer's message.
desk-closed = This conversation is closed. A new message of the customer opens a new one.
desk-button-out-of-date = That button is out of date; the card shows how it stands.
desk-not-listed = You are not on the list of staff, so this changes nothing. An admin can add you: careline staff add
desk-unknown-command = I know /r, /note, /claim, /release, /resolve, /report, /faq and, in a private chat with me, /console.
desk-console-in-private = Write /console to me in a private chat: only you should see the link.
desk-console-link = Your sign-in link, good once and for 15 minutes: { $link }

# What staff see beside a slash command.
desk-command-reply = Send this to the customer
desk-command-note = A note that only colleagues see
desk-command-claim = Take this conversation
desk-command-release = Give it back to the queue
desk-command-resolve = The matter is settled
desk-command-wait = Wait for the customer: the clocks stand still
desk-command-hold = Wait for somebody else: the clocks stand still
desk-command-resume = Let the clocks go on
desk-command-console = A sign-in link for the console
desk-command-report = Figures and a chart: /report sla 7
desk-command-report-argument = sla, handoffs or staffing, and how many days
desk-command-words = The words
desk-room-not-opened = ⚠ No room could be opened at the other desk ({ $why }); it is tried again when the wait is warned of.

report-waits = How long customers waited
report-week = Waits for a person by hour of the week: how many, and darker the longer they lasted
report-under = { $from } – { $to } · { $n ->
        [one] one conversation
       *[other] { $n } conversations
    }
report-beginning = from the beginning
report-now = now
report-band-quick = within 30 min
report-band-same-day = within 4 h
report-band-next-day = within 24 h
report-band-later = later
report-note = n = { $n }
report-note-attained = n = { $n } · { $percent } % in time
report-first-answer = First answer
report-first-human-response = First reply of a person
report-human-wait = Wait for a person
report-handoff-to-claim = Until somebody took it
report-next-response = Further replies
report-first-resolution = Until first solved
report-total-resolution = Until solved for good
report-mon = Monday
report-tue = Tuesday
report-wed = Wednesday
report-thu = Thursday
report-fri = Friday
report-sat = Saturday
report-sun = Sunday
report-human-waits = How long customers waited for a person
report-handoffs = Handoffs: how long until a person replied, by reason
report-agents-needed = Agents needed, by hour of the week
report-under-handoffs = { $from } – { $to } · { $n ->
        [one] one request for a person
       *[other] { $n } requests for a person
    }
report-all = all
report-none = none
report-bot = the bot
report-below-a-minute = under 1 min
report-heading-day = { $title }, { $day }
report-heading-days = { $title }, { $from } – { $to }
report-line-came-in = Came in: { $n }; resolved: { $resolved }; handed to a person: { $handed }
report-line-by-bot = Solved by the bot: { $confirmed } confirmed, { $assumed } assumed
report-line-wait = { $name }: median { $median }, nine in ten within { $ninety } (n = { $n })
report-line-wait-attained = { $name }: median { $median }, nine in ten within { $ninety }, { $percent } % in time (n = { $n })
report-line-coverage = First answers met what { $percent } % of customers expect (n = { $n }; 37 % expect one within 30 min, 26 % within 4 h, 31 % within 24 h)
report-line-promises = Promises kept: { $percent } % (n = { $n })
report-line-preferences = A person first, as wished: { $percent } % (n = { $n })
report-line-trouble = Could not be delivered: { $failed }; delivery unknown: { $unknown }
report-line-backlog = Waiting now: { $n }, not taken yet: { $untaken }; the longest for { $oldest }
report-line-nobody-waits = Nobody waits now.
report-line-requests = Requests for a person: { $n }
report-line-handling = One takes { $handling } on average (n = { $n })
report-line-agents = The busiest hour needs { $n ->
        [one] one agent
       *[other] { $n } agents
    }, so that { $percent } % are taken within { $target } ({ $once } conversations at once each)
report-line-reason = { $name }: { $n }
report-line-reason-taken = { $name }: { $n }, taken after { $median } (median of { $taken })
report-usage = /report [sla|handoffs|staffing] [days], such as /report sla 7
report-drawing = The report is being drawn and comes here in a moment.
report-not-drawn = The report could not be drawn; the log says why.
report-digest-daily = Yesterday’s figures
report-digest-since = Figures since the last opening
report-digest-weekly = Last week’s figures

# What the desk is told once a week of questions that the bot could not answer.
desk-gaps-title = Open questions of the week from { $day }
desk-gaps-head = { $questions ->
        [one] One question
       *[other] { $questions } questions
    } that the bot did not answer well, in { $groups ->
        [one] one group.
       *[other] { $groups } groups.
    }
desk-gaps-answer = A person answered: { $answer }
desk-gaps-more = Make an entry, add a phrasing or ignore: { $link }
desk-gap-no-answer = { $n } without an answer
desk-gap-did-not-help = { $n } not helped
desk-gap-handoff = { $n } handed to a person
desk-gap-no-choice = { $n } without a choice
desk-gap-chosen = { $n } answered by a choice

## Which wording of an answer helps more; A is the answer, B the first other one.

wording-test-title = Which wording helps more
wording-test-name = Wording { $name }
wording-test-wording = Wording
wording-test-customers = Customers
wording-test-reacted = Reacted
wording-test-helped = Helped
wording-test-to-person = Went on to a person
wording-test-share = ({ $n } %)
wording-test-better = { $better } helps more than { $worse }: it could be told once { $n } customers had reacted.
wording-test-no-difference = No difference yet: { $n ->
        [0] no customer has reacted
        [one] one customer has reacted
       *[other] { $n } customers have reacted
    }; before { $least } have to each wording, nothing is told.
wording-test-method = Each customer always sees the same wording and counts once for it, by how they reacted first: they said that it helped, said that it did not, or went on to a person. The verdict is about the share of those who were helped. Look as often as you like: of a hundred tests of wordings that help alike, at most { $percent } ever tell one from another (a sequential test by betting after Turner, Ly and Grünwald 2024, corrected for the number of wordings; from { $least } reactions to each wording on).
wording-test-off = Wordings are not compared now (knowledge.wording_tests is off): everybody gets A.
