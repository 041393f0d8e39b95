"""Talks to the model of the working folder: turns as arguments, what came of each as JSON lines."""

import asyncio
import json
import sys
from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

import persona_router


async def talk(conversations: list[list[str]]) -> None:
    """Print the replies and the findings of every turn of every conversation."""
    agent = Agent.load("models")
    for number, texts in enumerate(conversations):
        sender = f"guest-{number}"
        for text in texts:
            channel = CollectingOutputChannel()
            await agent.handle_message(UserMessage(text, channel, sender))
            tracker = await agent.tracker_store.retrieve(sender)
            found = next(e.parse_data for e in reversed(tracker.events) if e.type_name == "user")
            print(
                json.dumps(
                    {
                        "package": str(Path(persona_router.__file__).parent),
                        "said": [message.get("text") for message in channel.messages],
                        "intent": found["intent"]["name"],
                        "language": found["language"],
                        "routing": found["routing"],
                        "form": tracker.active_loop_name,
                    }
                )
            )


if __name__ == "__main__":
    asyncio.run(talk(json.loads(sys.argv[1])))
