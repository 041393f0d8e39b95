"""One article: YAML front matter and Markdown, read from a file with all its faults."""

import datetime
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from persona_router.content.errors import ContentError
from persona_router.content.files import BASE_LOADER
from persona_router.knowledge.markdown import misuses

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<fields>.*?\n)?---[ \t]*\n(?P<body>.*)", re.DOTALL)
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LARGEST = 500_000
"""Bytes of one file: a longer text is a mistake, and would be read whole while customers wait."""


@dataclass(frozen=True, kw_only=True)
class Article:
    """One document of the knowledge base in one locale; `body` is Markdown without raw HTML.

    `id` joins the locales of a document, `locale` is a canonical BCP 47 tag, `updated` the day of
    its last revision, `intents` the intents that it answers.
    """

    id: str
    locale: str
    title: str
    updated: datetime.date
    tags: tuple[str, ...]
    intents: tuple[str, ...]
    body: str


@dataclass(frozen=True, kw_only=True)
class ArticleFile:
    """A sound article, its file, and the line of the file (from 1) on which its body starts."""

    path: Path
    first_line: int
    article: Article

    def place(self, line: int) -> str:
        """Return where the body's line (from 1) stands in the file, as `ContentError` names it."""
        return f"line {self.first_line + line - 1}"


FileRead = ArticleFile | tuple[ContentError, ...]
"""What one file holds: its article, or all its faults."""


def read_article(path: Path, locale: str) -> FileRead:
    """Return what a file in the folder of `locale`, a canonical tag, holds."""
    try:
        text = _text(path)
        fields, body = _parts(path, text)
    except ContentError as fault:
        return (fault,)
    faults = list(_field_faults(path, fields))
    values: dict[str, Any] = {}
    for name, convert in _CONVERTERS.items():
        try:
            if name in fields:
                values[name] = convert(path, name, fields[name])
        except ContentError as fault:
            faults.append(fault)
    if not body:
        faults.append(
            ContentError(path, "body", "The article is empty.", "Write it below the fields.")
        )
    first_line = text[: len(text) - len(body)].count("\n") + 1
    for misuse in misuses(body):
        place = f"line {first_line + misuse.line - 1}"
        faults.append(ContentError(path, place, misuse.what, misuse.remedy))
    if faults:
        return tuple(faults)
    article = Article(locale=locale, body=body, **values)
    return ArticleFile(path=path, first_line=first_line, article=article)


def _text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe, for one, would never end
            raise ContentError(path, "", "It is no plain file.", "Make it a readable file.")
        if status.st_size > LARGEST:
            what = f"It has {status.st_size:,} bytes."
            raise ContentError(path, "", what, f"Split it: at most {LARGEST:,} are read.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"Byte {error.start} is not UTF-8."
        raise ContentError(path, "", what, "Save the file as UTF-8.") from error
    except OSError as error:
        what = f"Not readable: {error.strerror}."
        raise ContentError(path, "", what, "Make it a readable file.") from error
    bad = _CONTROL.search(text)
    if bad is not None:
        line = text.count("\n", 0, bad.start()) + 1
        what = f"Control character U+{ord(bad[0]):04X}."
        raise ContentError(path, f"line {line}", what, "Delete it.")
    return text.rstrip()


def _parts(path: Path, text: str) -> tuple[dict[Any, Any], str]:
    match = _FRONT_MATTER.fullmatch(text + "\n")
    if match is None:
        remedy = "Start with `---`, the fields, and `---` again."
        raise ContentError(path, "line 1", "No front matter.", remedy)
    try:
        # Plain strings only: a bad date is then named by its field, and a title may be `404`.
        fields = yaml.load(match["fields"] or "", Loader=BASE_LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        what = f"Not YAML: {' '.join(str(error).split())}."
        raise ContentError(path, "front matter", what, "Correct it.") from error
    if not isinstance(fields, dict):
        remedy = f"Write `name: value` lines: {', '.join(_CONVERTERS)}."
        raise ContentError(path, "front matter", "No fields.", remedy)
    return fields, match["body"].strip()


def _field_faults(path: Path, fields: dict[Any, Any]) -> Iterator[ContentError]:
    names = ", ".join(_CONVERTERS)
    for name in _CONVERTERS:
        if name not in fields:
            remedy = f"Add `{name}: …`; every article has {names}."
            yield ContentError(path, name, f"Field '{name}' is missing.", remedy)
    for name in fields:
        if name not in _CONVERTERS:
            remedy = f"Known fields: {names}."
            yield ContentError(path, str(name), f"Unknown field '{name}'.", remedy)


def _word(path: Path, place: str, value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        remedy = "Use lower-case ASCII letters and digits, joined by `-` or `_`."
        raise ContentError(path, place, f"'{value}' cannot serve as an id.", remedy)
    return value


def _words(path: Path, place: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        remedy = f"Write a list of words, `{place}: [one, two]`, or `{place}: []`."
        raise ContentError(path, place, f"'{value}' is not a list of words.", remedy)
    return tuple(dict.fromkeys(word.strip() for word in value))


def _title(path: Path, place: str, value: object) -> str:
    title = value.strip() if isinstance(value, str) else ""
    if not title or "\n" in title:
        remedy = 'Write one line of text, `title: "…"`.'
        raise ContentError(path, place, f"'{value}' is not a title.", remedy)
    for misuse in misuses(title):
        raise ContentError(path, place, misuse.what, misuse.remedy)
    return title


def _date(path: Path, place: str, value: object) -> datetime.date:
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError as error:
        remedy = "Write the day as YYYY-MM-DD."
        raise ContentError(path, place, f"'{value}' is not a date.", remedy) from error


_CONVERTERS: dict[str, Callable[[Path, str, object], object]] = {
    "id": _word,
    "title": _title,
    "updated": _date,
    "tags": _words,
    "intents": _words,
}
