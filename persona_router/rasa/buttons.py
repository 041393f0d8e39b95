"""What a button asks for: one that was pressed, or one whose title was typed."""

from typing import Any, Optional

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from persona_router.core.text import fold, words
from persona_router.core.turn import Payload, parse_payload, read_metadata


def chosen_payload(message: Message, tracker: Optional[DialogueStateTracker]) -> Optional[Payload]:
    """Return what the message's button asks for; None for a message that is no button.

    Somebody who types the title of a button that was just shown ("Stop", "Ja, stornieren") means
    the button.
    """
    pressed = read_metadata(message.get("metadata")).payload
    return parse_payload(pressed if pressed is not None else _titled(message.get(TEXT), tracker))


def _titled(text: Any, tracker: Optional[DialogueStateTracker]) -> Optional[str]:
    """Return the payload of the button with this title under the assistant's last messages."""
    said = words(fold(text or ""))
    for event in reversed(tracker.events if said and tracker is not None else ()):
        if isinstance(event, UserUttered):
            return None
        if isinstance(event, BotUttered):
            for button in event.data.get("buttons") or ():
                if words(fold(str(button.get("title", "")))) == said:
                    return button.get("payload")
    return None
