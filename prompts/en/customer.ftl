# What customers read.

customer-greeting = Hello! Ask me anything about orders, shipping, payment or returns. If you would rather talk to a person, just say so.
customer-courtesy = You're welcome! I'm here if there is anything else.
customer-did-you-mean = Did you mean one of these?
customer-answer-in-other-language = (This answer exists only in another language so far. A person can explain it in yours: press “Talk to a person”.)
customer-answer-source = From our answers: { $question }
customer-same-answer = The answer above is the only one I have for this. Would you like to talk to a person?
customer-answer-gone = I can't find that answer any more. Press “Talk to a person” and somebody will help you.
customer-handed-over = I'm passing you on to a person. { $ahead ->
        [0] You are next.
        [one] One conversation is before yours.
       *[other] { $ahead } conversations are before yours.
    } { $wait }
customer-usual-wait = { $minutes ->
        [one] Most people were answered within a minute lately.
       *[other] Most people were answered within { $minutes } minutes lately.
    }
customer-target-wait = { $minutes ->
        [one] We aim to answer within a minute.
       *[other] We aim to answer within { $minutes } minutes.
    }
customer-target-wait-hours = { $hours ->
        [one] We aim to answer within an hour.
       *[other] We aim to answer within { $hours } hours.
    }
customer-no-target-wait = We will answer as soon as somebody is free.
customer-claimed = { $agent } is reading your message and will answer here.
customer-late = It is taking longer than we said: you have been waiting { $waited ->
        [one] one minute.
       *[other] { $waited } minutes.
    } Sorry! You are not forgotten; the team has been reminded. What would you like to do?
customer-button-wait = Keep waiting
customer-button-leave = Write to me when you are there
customer-button-bot = Try the bot again
customer-left = All right: you need not wait here. Your place in the queue is kept, and the answer will come here. { $when }
customer-there-now = The desk is open now; somebody writes to you as soon as they are free.
customer-there-from = People are there again from { $day }, { $date }, { $time } ({ $zone }).
customer-there-when-free = Somebody writes to you as soon as they are free.
customer-bot-again = All right, I will try: just ask me, in other words perhaps. You are no longer in the queue; press “Talk to a person” to join it again.
customer-resolved = { $agent } has marked this as solved. If something is still open, just write here.
customer-too-many-messages = You are sending very many messages at once. All of them are kept, and they are read together: please give us a moment.
customer-glad-it-helped = Glad it helped!
customer-person-called = A person is on the way.
customer-status-waiting = You have been waiting for a person for { $waited ->
        [one] one minute.
       *[other] { $waited } minutes.
    } { $ahead ->
        [0] You are next.
        [one] One conversation is before yours.
       *[other] { $ahead } conversations are before yours.
    } { $wait }
customer-status-with-agent = { $agent } has your conversation.
customer-status-nothing-open = Nothing of yours is waiting for a person. Just ask, or press “Talk to a person”.
customer-button-spent = That button is no longer in use.
customer-agent-name = { $agent }:

customer-preference-ask = Who should answer you first? You can change this at any time with /preferences.
customer-preference-human-first-set = Noted: a person answers you first.
customer-preference-human-if-unsure-set = Noted: I answer when I am sure, otherwise a person does.
customer-preference-bot-is-fine-set = Noted: I try first. You can always ask for a person.
customer-language-ask = Which language do you prefer?
customer-language-set = From now on we speak English.

customer-button-person = Talk to a person
customer-button-helped = That helped
customer-button-did-not-help = That did not help
customer-button-none-of-these = None of these: a person
customer-button-human-first = Always a person
customer-button-human-if-unsure = A person if the bot is unsure
customer-button-bot-is-fine = The bot is fine
customer-button-english = English
customer-button-vietnamese = Tiếng Việt
customer-button-chinese = 中文

# Parts of messages that are named where they cannot be shown.
part-photo = [a photo]
part-document = [a file: { $name }]
part-voice = [a voice message, { $length }]
part-audio = [an audio file, { $length }]
part-video = [a video, { $length }]
part-animation = [an animation]
part-sticker = [a sticker { $emoji }]
part-location = [a location: { $latitude }, { $longitude }]
part-contact = [a contact: { $name }, { $phone }]
part-unsupported = [something that cannot be shown here: { $kind }]

# The platforms' menus of commands.
customer-command-human = Talk to a person
customer-command-status = How my matter stands
customer-command-language = Choose the language
customer-command-preferences = Who answers me first
customer-command-language-argument = The language: en, vi or zh
