"""Checks the fake of the Telegram Bot API with aiogram, a client that we did not write.

Usage: aiogram_check.py URL TOKEN. Prints one line per check and `verdict: N checks passed`;
leaves with status 1 and the failing check's name otherwise.
"""

import asyncio
import sys

import aiohttp
import aiohttp.web
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.filters import Command
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
)

WAIT_SECONDS = 15


class Check:
    """The bot, the people's side of the fake, and what was found."""

    def __init__(self, url: str, token: str):
        self.url = url
        self.session = AiohttpSession(api=TelegramAPIServer.from_base(url))
        self.bot = Bot(token, session=self.session)
        self.http = aiohttp.ClientSession()
        self.passed = 0

    async def play(self, do: str, **order):
        async with self.http.post(f"{self.url}/play", json={"do": do, **order}) as answer:
            assert answer.status == 200, f"{do}: {await answer.text()}"
            return await answer.json()

    async def seen(self):
        async with self.http.get(f"{self.url}/play") as answer:
            return await answer.json()

    async def received(self, chat: int):
        chats = (await self.seen())["chats"]
        return next(c["received"] for c in chats if c["chat"] == chat)

    async def polls(self):
        """How many polls the fake has begun."""
        return (await self.seen())["polls"]

    def ok(self, condition, what: str):
        if not condition:
            print(f"failed: {what}")
            sys.exit(1)
        self.passed += 1
        print(f"ok: {what}")

    async def refuses(self, kind, part: str, what: str, call):
        try:
            await call
        except kind as error:
            self.ok(part.lower() in str(error).lower(), f"{what}: {error}")
            return error
        self.ok(False, f"{what}: was not refused")


async def check_polling(c: Check):
    """The dispatcher polls, answers, sees buttons and edits."""
    dispatcher = Dispatcher()
    finished = asyncio.Event()
    seen = {"edits": [], "kinds": []}

    @dispatcher.message(Command("start"))
    async def start(message: Message):
        keyboard = InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text="Press me", callback_data="pressed:1")]]
        )
        sent = await message.answer("<b>Hello</b> &amp; welcome", parse_mode="HTML", reply_markup=keyboard)
        await c.play("presses", who="Ann", message=sent.message_id, text="Press me")

    @dispatcher.callback_query(F.data == "pressed:1")
    async def pressed(press: CallbackQuery):
        await press.answer("Thank you")
        await press.message.edit_text("pressed, thanks")
        sent = await c.play("says", who="Ann", text="first wrong")
        await c.play("edits", who="Ann", message=sent["message"], text="then right")

    @dispatcher.edited_message()
    async def edited(message: Message):
        seen["edits"].append(message.text)
        await c.play("album", who="Ann", times=3, text="our photos")
        await c.play("voice", who="Ann", seconds=12)

    @dispatcher.message(F.photo)
    async def photo(message: Message):
        seen["kinds"].append(message.media_group_id)

    @dispatcher.message(F.voice)
    async def voice(message: Message):
        seen["kinds"].append(message.voice.duration)
        await message.reply("heard")
        finished.set()

    await c.play("says", who="Ann", text="/start")
    polling = asyncio.create_task(
        dispatcher.start_polling(c.bot, polling_timeout=5, handle_signals=False, close_bot_session=False)
    )
    await asyncio.wait_for(finished.wait(), WAIT_SECONDS)
    await dispatcher.stop_polling()
    await polling

    ann = (await c.play("meets", who="Ann"))["user"]
    received = await c.received(ann)
    c.ok(received[0]["text"] == "pressed, thanks", "an edited text is what the customer sees")
    c.ok(received[0]["edited"], "an edit is marked as one")
    c.ok("Thank you" in (await c.seen())["toasts"], "a press is answered")
    c.ok(seen["edits"] == ["then right"], "an edit arrives as an edit")
    c.ok(len(set(seen["kinds"][:3])) == 1 and seen["kinds"][3] == 12, "an album has one group, a voice its length")
    c.ok(received[-1]["text"] == "heard", "a reply arrives")
    return ann


async def check_texts(c: Check, ann: int):
    """Formatting, limits and refusals of texts."""
    sent = await c.bot.send_message(ann, "a *bold* _move_\\.", parse_mode="MarkdownV2")
    kinds = [entity.type for entity in sent.entities]
    c.ok((sent.text, kinds) == ("a bold move.", ["bold", "italic"]), "MarkdownV2 becomes entities")
    bold = [MessageEntity(type="bold", offset=2, length=2)]
    sent = await c.bot.send_message(ann, "🙂🙂", entities=bold, link_preview_options=LinkPreviewOptions(is_disabled=True))
    c.ok(sent.entities[0].offset == 2, "entities count UTF-16 units")
    bad = TelegramBadRequest
    await c.refuses(bad, "can't parse entities", "HTML that is not closed", c.bot.send_message(ann, "<b>x", parse_mode="HTML"))
    await c.refuses(bad, "reserved", "an unescaped point", c.bot.send_message(ann, "x.", parse_mode="MarkdownV2"))
    await c.refuses(bad, "too long", "4,097 letters", c.bot.send_message(ann, "x" * 4097))
    await c.refuses(bad, "empty", "a blank text", c.bot.send_message(ann, "  "))
    late = [MessageEntity(type="bold", offset=1, length=9)]
    await c.refuses(bad, "ends after the end", "an entity past the end", c.bot.send_message(ann, "short", entities=late))
    await c.refuses(bad, "chat not found", "an unknown chat", c.bot.send_message(77, "x"))
    long_data = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="b", callback_data="d" * 65)]])
    await c.refuses(bad, "BUTTON_DATA_INVALID", "65 bytes of button data", c.bot.send_message(ann, "x", reply_markup=long_data))
    sent = await c.bot.send_message(ann, "same", reply_parameters=ReplyParameters(message_id=sent.message_id))
    await c.refuses(bad, "not modified", "an edit that changes nothing", c.bot.edit_message_text("same", chat_id=ann, message_id=sent.message_id))
    c.ok(await c.bot.set_message_reaction(ann, sent.message_id, [ReactionTypeEmoji(emoji="👍")]), "a reaction is set")
    copied = await c.bot.copy_message(ann, ann, sent.message_id)
    c.ok(copied.message_id != sent.message_id, "a copy is a message of its own")
    c.ok(await c.bot.delete_message(ann, sent.message_id), "a message is deleted")
    await c.refuses(bad, "not found", "deleting it again", c.bot.delete_message(ann, sent.message_id))


async def check_files(c: Check, ann: int):
    """Uploads and downloads."""
    sent = await c.bot.send_document(ann, BufferedInputFile(b"bill of lading", "bill.txt"), caption="your bill")
    c.ok(sent.document.file_name == "bill.txt" and sent.caption == "your bill", "a document is uploaded")
    file = await c.bot.get_file(sent.document.file_id)
    loaded = await c.bot.download_file(file.file_path)
    c.ok(loaded.read() == b"bill of lading", "a document is downloaded")
    again = await c.bot.send_document(ann, sent.document.file_id)
    c.ok(again.document.file_id == sent.document.file_id, "a file id is used again")
    await c.refuses(TelegramBadRequest, "file", "an unknown file id", c.bot.send_photo(ann, "no-such-file"))


async def check_forum(c: Check):
    """Topics of a staff forum."""
    forum = (await c.play("forum", text="Desk"))["chat"]
    chat = await c.bot.get_chat(forum)
    c.ok(chat.is_forum and chat.accepted_gift_types is not None, "a forum is described")
    me = await c.bot.get_chat_member(forum, c.bot.id)
    c.ok(me.status == "administrator" and me.can_manage_topics, "the bot is an administrator there")
    topic = await c.bot.create_forum_topic(forum, "Ann, refund")
    sent = await c.bot.send_message(forum, "card", message_thread_id=topic.message_thread_id)
    c.ok(sent.is_topic_message, "a message stands in its topic")
    updates = await c.bot.get_updates(timeout=1)
    c.ok(any(u.message and u.message.forum_topic_created for u in updates), "the bot hears of its own topic")
    c.ok(not any(u.message and u.message.text == "card" for u in updates), "the bot does not hear its own words")
    c.ok(await c.bot.edit_forum_topic(forum, topic.message_thread_id, name="Ann, done"), "a topic is renamed")
    c.ok(await c.bot.close_forum_topic(forum, topic.message_thread_id), "a topic is closed")
    c.ok(await c.bot.reopen_forum_topic(forum, topic.message_thread_id), "a topic is opened again")
    await c.bot.pin_chat_message(forum, sent.message_id)
    c.ok(await c.bot.delete_forum_topic(forum, topic.message_thread_id), "a topic is deleted")
    await c.refuses(
        TelegramBadRequest, "message thread not found", "a message to a deleted topic",
        c.bot.send_message(forum, "x", message_thread_id=topic.message_thread_id),
    )
    group = (await c.play("group", text="Small group"))["chat"]
    moved = (await c.play("migrates", chat=group))["chat"]
    error = await c.refuses(TelegramMigrateToChat, "", "a group that moved", c.bot.send_message(group, "x"))
    c.ok(error.migrate_to_chat_id == moved, "the new id is told")


async def check_faults(c: Check, ann: int):
    """Refusals that have an exception class of their own."""
    await c.play("blocks", who="Ann")
    await c.refuses(TelegramForbiddenError, "blocked", "a customer who blocked the bot", c.bot.send_message(ann, "x"))
    await c.play("unblocks", who="Ann")
    await c.play("toomany", text="sendMessage", seconds=7, times=1)
    error = await c.refuses(TelegramRetryAfter, "", "too many requests", c.bot.send_message(ann, "x"))
    c.ok(error.retry_after == 7, "the time to wait is told")
    c.ok((await c.bot.send_message(ann, "x")).text == "x", "and then it is taken")
    await c.play("broken", text="sendMessage", times=1)
    await c.refuses(TelegramServerError, "", "a server error", c.bot.send_message(ann, "x"))
    stranger = Bot("4242:AAwrong-token-of-somebody-else-entirely", session=c.session)
    await c.refuses(TelegramUnauthorizedError, "", "a wrong token", stranger.get_me())
    await c.bot.delete_webhook(drop_pending_updates=True)
    before = await c.polls()
    first = asyncio.create_task(c.bot.get_updates(timeout=20))
    while await c.polls() == before:
        await asyncio.sleep(0)
    await asyncio.gather(
        c.refuses(TelegramConflictError, "terminated by other", "a second poll ends the first", first),
        c.bot.get_updates(timeout=0),
    )
    await c.play("unknown")
    c.ok(len(await c.bot.get_updates(timeout=1)) >= 1, "an unknown kind of update does not break the client")


async def check_webhook(c: Check, ann: int):
    """Updates pushed to an address, with the secret; again after a failure."""
    taken = []
    enough = asyncio.Event()

    async def hook(request: aiohttp.web.Request):
        taken.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        if len(taken) == 1:
            return aiohttp.web.Response(status=503)
        if len(taken) == 3:
            enough.set()
        return aiohttp.web.Response()

    app = aiohttp.web.Application()
    app.router.add_post("/hook", hook)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    await c.bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token="s3cret", drop_pending_updates=True)
    await c.refuses(TelegramConflictError, "webhook is active", "polling while a webhook is set", c.bot.get_updates())
    await c.play("says", who="Ann", text="one")
    await c.play("says", who="Ann", text="two")
    await asyncio.wait_for(enough.wait(), WAIT_SECONDS)
    texts = [body["message"]["text"] for _, body in taken]
    c.ok(texts == ["one", "one", "two"], "a refused push is repeated, in order")
    c.ok(all(secret == "s3cret" for secret, _ in taken), "each push carries the secret")
    c.ok((await c.bot.get_webhook_info()).url.endswith("/hook"), "the webhook is described")
    c.ok(await c.bot.delete_webhook(), "the webhook is deleted")
    await runner.cleanup()


async def main():
    c = Check(sys.argv[1], sys.argv[2])
    me = await c.bot.get_me()
    c.ok(me.is_bot and me.can_read_all_group_messages, "the bot knows itself")
    commands = [BotCommand(command="human", description="Talk to a person")]
    await c.bot.set_my_commands(commands, language_code="en")
    kept = await c.bot.get_my_commands(language_code="en")
    c.ok([(k.command, k.description) for k in kept] == [("human", "Talk to a person")], "commands are kept per language")
    ann = await check_polling(c)
    await check_texts(c, ann)
    await check_files(c, ann)
    await check_forum(c)
    await check_faults(c, ann)
    await check_webhook(c, ann)
    await c.http.close()
    await c.session.close()
    print(f"verdict: {c.passed} checks passed")


asyncio.run(asyncio.wait_for(main(), 120))
