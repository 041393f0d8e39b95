"""Log lines as JSON, each with the ids of the conversation and the decision that it is about."""

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from structlog.contextvars import bind_contextvars, get_contextvars, unbind_contextvars

FORMAT_VARIABLE = "PERSONA_ROUTER_LOG_FORMAT"
FORMATS = ("text", "json")
_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_TALKATIVE = ("apscheduler", "engineio", "matplotlib", "sanic.access", "socketio")
"""They tell of every request, and of what is in it."""
_PLAIN = (str, int, float, bool, type(None))


def about(*, conversation: str, decision: str | None = None) -> None:
    """Let every line of this task, from now on, carry the ids; Rasa's own lines do as well."""
    bind_contextvars(conversation=conversation)
    if decision is None:
        unbind_contextvars("decision")
    else:
        bind_contextvars(decision=decision)


def log_format() -> str:
    """Return `text` or `json`, as the environment says; raises ValueError for anything else."""
    wanted = os.environ.get(FORMAT_VARIABLE, "").strip() or FORMATS[0]
    if wanted not in FORMATS:
        raise ValueError(f"{FORMAT_VARIABLE} is '{wanted}'. Choose from {', '.join(FORMATS)}.")
    return wanted


def configure() -> None:
    """Let this process write lines as `log_format` says; raises ValueError as it does.

    `text` leaves everything as whoever started the process has set it. Rasa and its action server
    put their own form over whatever a file for them says, so this comes after they have begun.
    """
    if log_format() == "text":
        return
    out = logging.StreamHandler(sys.stdout)
    out.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [out]
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """Makes one JSON object of a record: `at` (ISO 8601, UTC), `level`, `logger`, `message`.

    Beside them stand the ids of `about`, what was given as `extra`, and `exception`, a traceback.
    Rasa's structured lines, which are JSON already, are taken apart into their own fields.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without a line break."""
        at = datetime.fromtimestamp(record.created, timezone.utc)
        line: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **_message(record.getMessage()),
            **{name: value for name, value in get_contextvars().items() if _is_plain(value)},
            **{
                name: value
                for name, value in record.__dict__.items()
                if name not in _OWN and _is_plain(value)
            },
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _message(text: str) -> Mapping[str, Any]:
    if not text.startswith("{"):
        return {"message": text}
    try:
        found = json.loads(text)
    except ValueError:
        return {"message": text}
    fields = {name: value for name, value in found.items() if name not in ("event", "level")}
    return {"message": found.get("event_info") or found.get("event") or "", **fields}


def _is_plain(value: object) -> bool:
    return isinstance(value, _PLAIN)
