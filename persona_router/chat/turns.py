"""In which order messages are answered: each once, those of one conversation one at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from persona_router.chat.history import ChatHistory, Entry

Answer = Callable[[str, Entry], Awaitable[None]]
WasAnswered = Callable[[str, Entry], Awaitable[bool]]


class Turns:
    """Has the messages of the history answered, and marks them as handled.

    `answer` answers one message of a conversation and raises nothing; `was_answered` tells whether
    its turn was completed, of which the history knows nothing when a crash came in between.
    """

    def __init__(self, history: ChatHistory, *, answer: Answer, was_answered: WasAnswered) -> None:
        self._history = history
        self._answer = answer
        self._was_answered = was_answered
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, conversation: str, entry: Entry, *, again: bool = False) -> None:
        """Have a message answered, after those that wait already; does not wait for it.

        `again` tells that a turn for it may have begun, or even ended, before a crash.
        """
        task = asyncio.create_task(self._take(conversation, entry, again=again))
        self._tasks.add(task)  # the loop itself keeps only weak references
        task.add_done_callback(self._tasks.discard)

    async def _take(self, conversation: str, entry: Entry, *, again: bool) -> None:
        # One at a time and in order, without Rasa's lock, which is polled once a second.
        async with self._under_way.setdefault(conversation, asyncio.Lock()):
            if all(waiting.seq != entry.seq for waiting in self._history.unhandled(conversation)):
                return
            if not (again and await self._was_answered(conversation, entry)):
                await self._answer(conversation, entry)
            self._history.mark_handled(entry.seq)
