"""The chat page, its strings, and its static files."""

import gzip
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from persona_router.content.files import read_yaml
from persona_router.content.text_files import text_files
from persona_router.core.locale import canonical_or_none, fallback_chain
from persona_router.core.policy import Policy
from persona_router.reply.formats import language_name

HERE = Path(__file__).parent
STATIC = HERE / "static"
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".txt": "text/plain",
    ".json": "application/json",
}


@dataclass(frozen=True)
class PageStrings:
    """The page's strings in one locale, and its writing direction."""

    locale: str
    direction: str
    strings: dict[str, str]


@lru_cache(maxsize=64)
def _read(path: Path) -> PageStrings:
    top = read_yaml(path)
    strings = top.node("strings")
    return PageStrings(
        top.get("locale", str),
        top.get("dir", str),
        {key: strings.get(key, str) for key in strings.values},
    )


class Pages:
    """Renders the page for the languages of a routing policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )

    def strings(self, wanted: str | None) -> PageStrings:
        """Return the strings for a locale, each from the first of its fallback chain that has it.

        Any value is safe to pass.
        """
        tag = canonical_or_none(wanted) or self._policy.default_locale
        served = tag if tag.partition("-")[0] in self._policy.languages else None
        chain = fallback_chain(
            served or self._policy.default_locale,
            self._policy.fallbacks,
            self._policy.default_locale,
        )
        # English comes with every text; a language that somebody added may lack a new one.
        read = [_read(path) for locale in (*chain, "en") for path in text_files("page", locale)]
        strings = {key: text for page in reversed(read) for key, text in page.strings.items()}
        return replace(read[0], strings=strings)

    def page(self, wanted: str | None) -> str:
        """Return the sample shop's front page with the chat on it, as HTML."""
        shown = self.strings(wanted)
        languages = [(code, language_name(code, code)) for code in self._policy.languages]
        return self._templates.get_template("page.html").render(
            locale=shown.locale,
            dir=shown.direction,
            strings=shown.strings,
            server="",
            languages=languages,
        )


@lru_cache(maxsize=32)
def static_file(name: str) -> tuple[bytes, str] | None:
    """Return the gzipped content and the media type of a static file; None for any other name."""
    # Looked up among those that exist, because no path can be made of some names.
    path = next((path for path in STATIC.iterdir() if path.name == name), None)
    if path is None or path.suffix not in _TYPES:
        return None
    return gzip.compress(path.read_bytes()), f"{_TYPES[path.suffix]}; charset=utf-8"
