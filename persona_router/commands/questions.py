"""`persona-router questions`: what nothing answered, grouped by meaning, for those who train."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from persona_router.commands.simulated import note_simulated
from persona_router.log.filters import FilterFault
from persona_router.log.places import log_place
from persona_router.log.questions import QuestionsReader
from persona_router.log.span import read_span

_SHOWN = 3


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `questions`."""
    asked = commands.add_parser("questions", help="what nothing answered, grouped by meaning")
    asked.add_argument("--from", dest="first", default="", metavar="DATE", help="first day (UTC)")
    asked.add_argument("--to", dest="last", default="", metavar="DATE", help="last day (UTC)")
    asked.add_argument("--language", metavar="CODE", help="only what was asked in it")
    asked.add_argument("--json", action="store_true", help="print one JSON object a group")
    asked.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the groups and return 0, or 2 with one line where the questions cannot be read."""
    try:
        span = read_span(options.first, options.last, now=time.time())
        reader = QuestionsReader(log_place())
        note_simulated(reader)
        found = reader.read(span, language=options.language)
    except FilterFault as fault:
        name = {"since": "from", "until": "to"}.get(fault.name, fault.name)
        print(f"--{name}: '{fault.value}'. {fault.remedy}", file=sys.stderr)
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    if not found:
        print(
            "No question is kept of these days. Customers' words are kept only where the policy"
            " says so (privacy.unanswered_days).",
            file=sys.stderr,
        )
        return 0
    # The encoder takes seconds to load, and only where there is something to encode.
    from persona_router.encoder import shared_encoder
    from persona_router.log.question_groups import groups

    for group in groups(found, shared_encoder().encode):
        content = {
            "count": len(group.questions),
            "languages": group.languages,
            "questions": [
                {
                    "text": one.text,
                    "language": one.language,
                    "at": datetime.fromtimestamp(one.at, timezone.utc).isoformat("T", "seconds"),
                    "decision": one.decision,
                }
                for one in group.questions
            ],
        }
        lines = [json.dumps(content, ensure_ascii=False)] if options.json else _lines(content)
        for line in lines:
            print(line)
    return 0


def _lines(content: dict[str, Any]) -> Iterator[str]:
    mix = ", ".join(f"{language} {number}" for language, number in content["languages"].items())
    yield f"{content['count']} × ({mix})"
    for one in content["questions"][:_SHOWN]:
        # Customers wrote this: a line break or an escape sequence in it is not to be obeyed.
        yield "    " + "".join(c if c.isprintable() else " " for c in one["text"])
