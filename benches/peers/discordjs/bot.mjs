// The FAQ bot on discord.js. Its own limit of requests a second is lifted: the fake has none.
import { readFileSync } from "node:fs";
import { Client, Events, GatewayIntentBits, Partials } from "discord.js";

const entries = JSON.parse(readFileSync(process.env.BENCH_FAQ, "utf8"));

function answer(text) {
  const words = text.toLowerCase();
  const entry = entries.find(({ keywords }) => keywords.some((word) => words.includes(word)));
  return entry ? entry.answer : "A colleague will answer you.";
}

const client = new Client({
  intents: [
    GatewayIntentBits.Guilds,
    GatewayIntentBits.GuildMessages,
    GatewayIntentBits.MessageContent,
    GatewayIntentBits.DirectMessages,
  ],
  // Without it, direct messages of channels that were not seen before are not heard.
  partials: [Partials.Channel],
  rest: { api: `${process.env.BENCH_API}/api`, globalRequestsPerSecond: 1_000_000 },
});
client.on(Events.MessageCreate, (message) => {
  if (message.author.bot) return;
  message.channel.send(answer(message.content)).catch((error) => console.error(error.message));
});
client.on(Events.Error, (error) => console.error(error.message));
client.login(process.env.BENCH_TOKEN);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => client.destroy());
}
