"""The FAQ bot on aiogram 3 with uvloop: polling hands every update to a task of its own."""

import json
import os

import uvloop
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

with open(os.environ["BENCH_FAQ"], encoding="utf-8") as file:
    ENTRIES = json.load(file)

dispatcher = Dispatcher()


def answer(text: str) -> str:
    words = text.lower()
    for entry in ENTRIES:
        if any(word in words for word in entry["keywords"]):
            return entry["answer"]
    return "A colleague will answer you."


@dispatcher.message(F.text)
async def reply(message: Message) -> None:
    await message.answer(answer(message.text))


async def main() -> None:
    server = TelegramAPIServer.from_base(os.environ["BENCH_API"])
    bot = Bot(os.environ["BENCH_TOKEN"], session=AiohttpSession(api=server))
    await dispatcher.start_polling(bot)


uvloop.run(main())
