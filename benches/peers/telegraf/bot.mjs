// The FAQ bot on telegraf: its polling handles the updates of a batch at the same time.
import { readFileSync } from "node:fs";
import { Telegraf } from "telegraf";
import { message } from "telegraf/filters";

const entries = JSON.parse(readFileSync(process.env.BENCH_FAQ, "utf8"));

function answer(text) {
  const words = text.toLowerCase();
  const entry = entries.find(({ keywords }) => keywords.some((word) => words.includes(word)));
  return entry ? entry.answer : "A colleague will answer you.";
}

const bot = new Telegraf(process.env.BENCH_TOKEN, { telegram: { apiRoot: process.env.BENCH_API } });
bot.on(message("text"), (ctx) => ctx.reply(answer(ctx.message.text)));
bot.catch((error) => console.error(error.message));
bot.launch();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => bot.stop(signal));
}
