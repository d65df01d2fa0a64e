"""The FAQ bot on python-telegram-bot with 256 updates handled at the same time."""

import json
import os

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

with open(os.environ["BENCH_FAQ"], encoding="utf-8") as file:
    ENTRIES = json.load(file)


def answer(text: str) -> str:
    words = text.lower()
    for entry in ENTRIES:
        if any(word in words for word in entry["keywords"]):
            return entry["answer"]
    return "A colleague will answer you."


async def reply(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    await update.message.reply_text(answer(update.message.text))


application = (
    Application.builder()
    .token(os.environ["BENCH_TOKEN"])
    .base_url(os.environ["BENCH_API"] + "/bot")
    .concurrent_updates(256)
    .connection_pool_size(256)
    # Its default of one second makes a backlog fail.
    .pool_timeout(60)
    .build()
)
application.add_handler(MessageHandler(filters.TEXT, reply))
application.run_polling()
