"""How long each stage of understanding a message took, for the routing log."""

import time
from contextlib import contextmanager
from typing import Iterator, List

from rasa.shared.nlu.training_data.message import Message

STAGES = "stages"


@contextmanager
def stage(name: str, messages: List[Message]) -> Iterator[None]:
    """Add to the messages' `stages` how many milliseconds the block took with all of them."""
    began = time.perf_counter()
    yield
    taken = round(1000 * (time.perf_counter() - began), 2)
    for message in messages:
        message.set(STAGES, {**message.get(STAGES, {}), name: taken}, add_to_output=True)
