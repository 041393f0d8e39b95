"""A conversation as a page of its own, for the customer to keep."""

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from persona_router.chat.history import Entry
from persona_router.chat.pages import PageStrings
from persona_router.core.locale import canonical_or_none
from persona_router.reply.formats import babel_locale, zone_or

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def transcript_page(entries: Sequence[Entry], shown: PageStrings, *, now: float) -> str:
    """Return the messages as an HTML page that needs no other file, oldest first.

    Times are in the zone that the customer's latest message names, else in UTC; `now` is in Unix
    seconds.
    """
    zone = zone_or(_zone_name(entries), timezone.utc)
    locale = babel_locale(shown.locale)

    def moment(at: float) -> datetime:
        return datetime.fromtimestamp(at, tz=timezone.utc).astimezone(zone)

    def words(at: float, length: str) -> str:
        return format_datetime(moment(at), length, locale=locale)

    lines = [
        {
            "sender": entry.sender,
            "name": entry.body.get("name") or _names(shown).get(entry.sender, entry.sender),
            "at": words(entry.at, "short"),
            "iso": moment(entry.at).isoformat(timespec="seconds"),
            "locale": canonical_or_none(entry.body.get("locale")),
            "text": entry.body.get("text", ""),
        }
        for entry in entries
    ]
    return _TEMPLATES.get_template("transcript.html").render(
        locale=shown.locale,
        dir=shown.direction,
        strings=shown.strings,
        saved=format_datetime(moment(now), "long", locale=locale),
        lines=lines,
    )


def _names(shown: PageStrings) -> dict[str, str]:
    strings = shown.strings
    return {"customer": strings["you"], "bot": strings["assistant"], "agent": strings["agent"]}


def _zone_name(entries: Sequence[Entry]) -> str | None:
    for entry in reversed(entries):
        metadata = entry.body.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("timezone"), str):
            return str(metadata["timezone"])
    return None
