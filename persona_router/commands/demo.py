"""`persona-router demo`: a routing log of simulated customers, to see full pages in a minute."""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from persona_router.commands.model import load_assistant
from persona_router.content.crowds import DEFAULT_CROWD, parts_of, read_crowd
from persona_router.content.examples import read_cases
from persona_router.content.policies import policy_of, read_policy
from persona_router.core.policy import Policy
from persona_router.core.simulation import Crowd, Said, SimulatedCustomer, Visit, visits
from persona_router.log.events import EventReader, Outcome
from persona_router.log.places import log_place
from persona_router.log.store import RoutingLog

if TYPE_CHECKING:
    from persona_router.rasa.assistant import TrainedAssistant

DEFAULT_STATE = Path(".persona-router-demo")
MOST_CONVERSATIONS = 100_000
CHANNEL = "simulated"
_USUAL_SECONDS = 20.0
_RETURN_DAYS = 6.0
_WRITTEN_AT_ONCE = 100


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `demo`."""
    played = commands.add_parser("demo", help="fill a routing log with simulated customers")
    played.add_argument("--conversations", type=_count, default=1000, help="default: %(default)s")
    played.add_argument("--model", type=Path, default=Path("models"), help="default: %(default)s")
    played.add_argument(
        "--examples",
        type=Path,
        default=Path("data", "personas", "examples.jsonl"),
        help="labelled conversations that the customers follow; default: %(default)s",
    )
    played.add_argument("--crowd", type=Path, default=DEFAULT_CROWD, help="default: the packaged")
    played.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    played.add_argument("--state", type=Path, default=DEFAULT_STATE, help="default: %(default)s")
    played.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fill the log, tell how to look at it and return 0, or 2 with one line where it cannot be.

    Raises ContentError for content or a model that cannot be used.
    """
    crowd, parts = read_crowd(options.crowd), parts_of(read_cases(options.examples))
    policy = read_policy(policy_of(Path()))
    place = log_place(options.state)
    try:
        options.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        routing_log = RoutingLog(place, simulated=True)
        if routing_log.latest() is not None:
            raise OSError(f"{place} is full of customers already. Delete it, or name a --state.")
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    assistant = load_assistant(options.model)
    chance, until = Random(options.seed), datetime.now(timezone.utc)
    due = visits(crowd, parts, options.conversations, until=until, chance=chance)
    play = _Play(assistant, policy, crowd, chance, until=until, seed=options.seed)
    began, done, entries = time.monotonic(), 0, list[Mapping[str, Any] | Outcome]()
    for visit in due:
        entries += play.entries(visit)
        done += 1
        if done % _WRITTEN_AT_ONCE == 0:
            routing_log.write(entries)
            entries.clear()
            print(f"{done} of {options.conversations} conversations", file=sys.stderr)
    routing_log.write(entries)
    routing_log.close()
    print(f"{done} simulated conversations in {time.monotonic() - began:.0f} s: {place}")
    print(f"Look at them: persona-router desk --state {options.state}")
    print(f"Or count them: PERSONA_ROUTER_STATE={options.state} persona-router figures")
    return 0


class _Play:
    """Plays visits through the trained assistant."""

    def __init__(
        self,
        assistant: "TrainedAssistant",
        policy: Policy,
        crowd: Crowd,
        chance: Random,
        *,
        until: datetime,
        seed: int,
    ) -> None:
        self._assistant = assistant
        self._policy = policy
        self._crowd = crowd
        self._chance = chance
        self._until = until
        self._seed = seed

    def entries(self, visit: Visit) -> Iterator[Mapping[str, Any] | Outcome]:
        """Yield what the routing log keeps of a visit, and of the one that may follow it."""
        customer = SimulatedCustomer(visit.part, self._policy, self._crowd.manners, self._chance)
        began = visit.at.timestamp()
        at, asked, thought = began, 0.0, list[float]()

        def says(
            decision: Mapping[str, Any] | None,
        ) -> tuple[str, Mapping[str, Any], float] | None:
            nonlocal at, asked
            if decision is not None:
                thought.append(time.perf_counter() - asked)
            said = customer.says(decision)
            if said is None:
                return None
            at += _seconds(said)
            asked = time.perf_counter()
            # Whoever is simulated agrees; whether anything is tried is the policy's to say.
            return said.text, {**said.metadata, "experiments": True}, at

        conversation = f"{CHANNEL}-{self._seed}-{visit.customer}"
        reader, last = EventReader(), None
        events = self._assistant.play(conversation, began, says)
        for event, seconds in zip(events, thought, strict=True):
            for found in reader.read({**event, "input_channel": CHANNEL}):
                yield found
                if not isinstance(found, Outcome):
                    last = found["id"]
                    latency = {"latency_ms": round(1000 * seconds, 1)}
                    yield Outcome(decision=last, values=latency)
        if last is not None and customer.handed_over:
            stars = customer.stars()
            rated = {} if stars is None else {"rating": stars}
            yield Outcome(decision=last, values={"handed_over": 1, **rated})
        if not visit.returning and customer.comes_back():
            later = visit.at + timedelta(days=self._chance.uniform(0.1, _RETURN_DAYS))
            if later < self._until:
                again = Visit(customer=visit.customer, at=later, part=visit.part, returning=True)
                yield from self.entries(again)


def _seconds(said: Said) -> float:
    seconds = said.metadata.get("seconds")
    return float(seconds) if isinstance(seconds, int | float) else _USUAL_SECONDS


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_CONVERSATIONS:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no number of conversations; write 1 to {MOST_CONVERSATIONS}"
        )
    return int(text)
