// The FAQ bot on grammY with its runner, which its manual names for bots under load.
import { readFileSync } from "node:fs";
import { run } from "@grammyjs/runner";
import { Bot } from "grammy";

const entries = JSON.parse(readFileSync(process.env.BENCH_FAQ, "utf8"));

function answer(text) {
  const words = text.toLowerCase();
  const entry = entries.find(({ keywords }) => keywords.some((word) => words.includes(word)));
  return entry ? entry.answer : "A colleague will answer you.";
}

const bot = new Bot(process.env.BENCH_TOKEN, { client: { apiRoot: process.env.BENCH_API } });
bot.on("message:text", (ctx) => ctx.reply(answer(ctx.message.text)));
bot.catch((error) => console.error(error.message));
const runner = run(bot);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => runner.stop());
}
