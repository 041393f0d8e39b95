"""What a source holds before it becomes articles: the values that every reader of a kind gives."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel import Locale, UnknownLocaleError

from persona_router.content.errors import ContentError
from persona_router.core.locale import canonical_or_none

MOST_ARTICLES = 20_000
"""Articles of one import: more is not a help centre, and all of them are held at once."""


@dataclass(frozen=True, kw_only=True)
class SourceArticle:
    """One article in one locale as its source has it.

    `file` and `place` say where it stands, for errors. `key` names it in the source for good, so
    that a later import finds it again; `group` joins its translations, of which the `primary` one
    was written first. `locale` is the name of its folder. `html` is its text. `name` is what the
    source calls it in addresses, empty if nothing. `url` is its public address, empty if unknown,
    and `addresses` are all by which other articles of the source link to it, in the form that
    `Source.address` gives.
    """

    file: Path
    place: str
    key: str
    group: str
    primary: bool
    locale: str
    title: str
    html: str
    updated: datetime.date | None = None
    tags: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    name: str = ""
    url: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """What is not imported, and the reason in a word or two, such as "draft"."""

    what: str
    reason: str


Address = Callable[[SourceArticle, Mapping[str, str]], str | None]
"""Tells from an article and the attributes of a link in it which address of the source it means."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """All that one import reads; `notes` are lines for the person who imports."""

    kind: str
    articles: tuple[SourceArticle, ...]
    skipped: tuple[Skipped, ...]
    address: Address
    notes: tuple[str, ...]


@dataclass(kw_only=True)
class Reading:
    """How a source is to be read, and what a reader finds on its way.

    `locale` is that of articles whose source names none, None if there is no such; `encoding` is
    that of files that do not tell theirs, empty for a guess; `at` is the time at which something
    counts as published, and `only_published` tells whether all else is left out.
    """

    locale: str | None
    at: datetime.datetime
    encoding: str = ""
    only_published: bool = True
    articles: list[SourceArticle] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    faults: list[ContentError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, article: SourceArticle) -> None:
        """Take an article. Raises ContentError when there are more than `MOST_ARTICLES`."""
        if len(self.articles) >= MOST_ARTICLES:
            what = f"It holds more than {MOST_ARTICLES:,} articles."
            raise ContentError(article.file, article.place, what, "Import it in parts.")
        self.articles.append(article)

    def skip(self, what: str, reason: str) -> None:
        """Leave something out."""
        self.skipped.append(Skipped(what=what, reason=reason))

    def leaves_out(self, what: str, state: str) -> bool:
        """Return whether something that is not published is left out, and note it."""
        if self.only_published:
            self.skip(what, state)
        else:
            self.notes.append(f"Not published in the source ({state}): {what}")
        return self.only_published

    def fault(self, file: Path, place: str, what: str, remedy: str) -> None:
        """Note a fault that prevents the import, and go on to find the others."""
        self.faults.append(ContentError(file, place, what, remedy))

    def folder(self, file: Path, place: str, tag: object) -> str | None:
        """Return the folder of a locale as the source names it, of `locale` if it names none.

        None when neither is one; a fault is noted then.
        """
        named = tag if isinstance(tag, str) and tag.strip() else self.locale
        if named is None:
            self.fault(file, place, "No locale is given.", "Name it with --locale, such as de.")
            return None
        found = locale_folder(named)
        if found is None:
            remedy = "Write a BCP 47 tag there, such as tr or pt-BR."
            self.fault(file, place, f"'{named}' is not a locale.", remedy)
        return found

    def source(self, kind: str, address: Address) -> Source:
        """Return all that was read."""
        return Source(
            kind=kind,
            articles=tuple(self.articles),
            skipped=tuple(self.skipped),
            address=address,
            notes=tuple(self.notes),
        )


def locale_folder(tag: str) -> str | None:
    """Return the name of a locale's folder: `pt_br` is `pt-BR`; None for what is no locale."""
    known = canonical_or_none(tag)
    if known is None:
        return None
    try:
        return str(Locale.parse(known, sep="-")).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        return None
