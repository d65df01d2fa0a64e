"""Checks the fake Discord with discord.py, a client that we did not write.

The test that starts this drives people in the fake; here is an ordinary bot that does what it is
told by direct message. At "finish" it prints one JSON object with what it saw, and leaves.

Usage: discord_check.py API_URL GATEWAY_URL TOKEN
"""

import asyncio
import json
import sys

import discord
import yarl
from discord import app_commands

api_url, gateway_url, token = sys.argv[1:4]
discord.http.Route.BASE = f"{api_url}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)

verdict = {"ready": 0, "resumed": 0, "heard": [], "edits": [], "errors": {}}


class Form(discord.ui.Modal, title="Reply to Ann"):
    words = discord.ui.TextInput(label="Words", custom_id="words")

    async def on_submit(self, interaction):
        await interaction.response.send_message(f"form: {self.words.value}", ephemeral=True)


class Buttons(discord.ui.View):
    @discord.ui.button(label="Claim", custom_id="claim")
    async def claim(self, interaction, _button):
        await interaction.response.defer()
        await interaction.followup.send("claimed", ephemeral=True)
        await interaction.edit_original_response(content="taken", view=None)

    @discord.ui.button(label="Reply", custom_id="reply")
    async def reply(self, interaction, _button):
        await interaction.response.send_modal(Form())


class Bot(discord.Client):
    def __init__(self):
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(intents=intents, max_messages=1000)
        self.tree = app_commands.CommandTree(self)

        @self.tree.command(name="status", description="How long it takes")
        async def status(interaction: discord.Interaction):
            await interaction.response.defer(ephemeral=True)
            await interaction.followup.send("two minutes")

    async def setup_hook(self):
        synced = await self.tree.sync()
        verdict["synced"] = [command.name for command in synced]

    async def on_ready(self):
        verdict["ready"] += 1
        verdict["guilds"] = [guild.name for guild in self.guilds]

    async def on_resumed(self):
        verdict["resumed"] += 1

    async def on_message_edit(self, _before, after):
        if after.author != self.user:
            verdict["edits"].append(after.content)

    async def on_message(self, message):
        if message.author == self.user:
            return
        verdict["heard"].append(message.content)
        if not isinstance(message.channel, discord.DMChannel):
            return
        word, _, rest = message.content.partition(" ")
        act = getattr(self, f"do_{word}", None)
        if act is not None:
            await act(message, rest)

    async def do_hello(self, message, _rest):
        reply = await message.reply("hi", mention_author=False)
        await reply.edit(content="hi, edited")
        await reply.add_reaction("✅")

    async def do_buttons(self, message, _rest):
        sent = await message.channel.send("press", view=Buttons())
        # Only from here on does the client know what a press belongs to.
        await sent.add_reaction("👆")

    async def do_post(self, message, forum):
        forum = await self.fetch_channel(int(forum))
        made = await forum.create_thread(name="Ann: refund", content="the card")
        await made.thread.send("a line")
        await made.thread.edit(archived=True)
        await message.channel.send(f"post {made.thread.id} {made.message.id}")

    async def do_thread(self, message, rest):
        channel, target = rest.split()
        channel = await self.fetch_channel(int(channel))
        target = await channel.fetch_message(int(target))
        thread = await target.create_thread(name="A question")
        await thread.send("answered here")
        try:
            await target.create_thread(name="Again")
        except discord.HTTPException as error:
            verdict["errors"]["again"] = [error.status, error.code]

    async def do_history(self, message, channel):
        channel = await self.fetch_channel(int(channel))
        seen = [one.id async for one in channel.history(limit=None, oldest_first=True)]
        newest = [one.id async for one in channel.history(limit=130)]
        verdict["history"] = [len(seen), seen == sorted(seen), newest == sorted(seen)[:-131:-1]]
        await message.channel.send("history done")

    async def do_error(self, message, rest):
        name, channel = rest.split()
        try:
            channel = self.get_partial_messageable(int(channel))
            await channel.send("x" * 2001 if name == "long" else "hello")
            verdict["errors"][name] = "sent"
        except discord.HTTPException as error:
            verdict["errors"][name] = [type(error).__name__, error.status, error.code]
        await message.channel.send(f"error {name} seen")

    async def do_finish(self, _message, _rest):
        await self.close()


async def main():
    async with Bot() as bot:
        await bot.start(token)
    print(json.dumps(verdict))


asyncio.run(asyncio.wait_for(main(), 60))
