"""Handoff requests as text, for queues that store them."""

import json
from collections.abc import Mapping
from typing import Any

from persona_router.handoff.queue import HandoffRequest, Line


def encoded(request: HandoffRequest) -> str:
    """Return the request as JSON that is valid UTF-8.

    Values that JSON does not know become their text: an odd value must not cost a customer the
    person they asked for.
    """
    content = {**vars(request), "transcript": [vars(line) for line in request.transcript]}
    text = json.dumps(content, ensure_ascii=False, default=_plain)
    # Half of a surrogate pair, as broken clients send it, has no UTF-8 form.
    return text.encode("utf-8", "replace").decode("utf-8")


def decoded(text: str) -> HandoffRequest:
    """Return the request; raises ValueError, KeyError or TypeError if the text holds none."""
    content: dict[str, Any] = json.loads(text)
    tuples = {
        "evidence": tuple(content["evidence"]),
        "tried": tuple(content["tried"]),
        "articles": tuple(content.get("articles", ())),  # a release before had none
        "transcript": tuple(Line(**line) for line in content["transcript"]),
    }
    return HandoffRequest(**{**content, **tuples})


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
