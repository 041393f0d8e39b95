"""Questions and answers in a table, as spreadsheets save it."""

import csv
import datetime
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from persona_router.content.errors import ContentError
from persona_router.knowledge.imports.files import decoded, files_below, read_bytes
from persona_router.knowledge.imports.html_markdown import markdown_to_html
from persona_router.knowledge.imports.records import is_path
from persona_router.knowledge.imports.source import Reading, Source, SourceArticle
from persona_router.knowledge.imports.text import one_line, readable, slug

COLUMNS = ("question", "answer", "id", "locale", "tags", "intents", "updated", "status", "url")
"""The first two are needed, the rest may be there."""
_NEEDED = COLUMNS[:2]
_ALSO = {"title": "question", "body": "answer", "language": "locale", "lang": "locale"}
_SEPARATORS = (",", ";", "\t")
_SEPARATOR_LINE = re.compile(r"sep=.\n")
_PUBLISHED = ("", "published")
_LEFT_OUT = ("draft", "archived", "internal")
_MARKUP = re.compile(r"</?(?:p|br|ul|ol|li|div|table|h[1-6]|a|b|strong|em|i|span)\b[^>]*>", re.I)
_ADDRESS = re.compile(r"(?<![\w(<\[\"'/=])https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


def read_csv(path: Path, reading: Reading) -> Source:
    """Return the published rows of the tables at or below `path`."""
    for file in files_below(path, (".csv", ".tsv")):
        _read_table(file, reading)
    return reading.source("csv", lambda article, link: _address(link))


def _read_table(file: Path, reading: Reading) -> None:
    text, encoding = decoded(file, read_bytes(file), declared=reading.encoding)
    if not reading.encoding and not encoding.startswith("utf"):
        reading.notes.append(
            f"{file}: read as {encoding}. If letters are wrong, name another with --encoding."
        )
    told = _SEPARATOR_LINE.match(readable(text))
    lines = readable(text)[told.end() if told else 0 :]
    columns, separator = _header(file, lines)
    first: dict[tuple[str, str], list[str]] = {}
    rows = csv.reader(io.StringIO(lines, newline=""), delimiter=separator, strict=True)
    begins = 0
    while True:
        place = f"line {begins + 1 + bool(told)}"
        try:
            row = next(rows, None)
        except csv.Error as error:
            remedy = "Close its quotes, or save the table again."
            raise ContentError(file, place, f"{error}.", remedy) from error
        if row is None:
            return
        if begins and any(map(str.strip, row)):
            if any(map(str.strip, row[len(columns) :])):
                what = f"It has {len(row)} fields and {len(columns)} columns."
                reading.fault(file, place, what, "Put fields that hold separators in quotes.")
            else:
                fields = [*row, *[""] * len(columns)]
                _read_row(file, place, dict(zip(columns, fields, strict=False)), first, reading)
        begins = rows.line_num


def _header(file: Path, text: str) -> tuple[Sequence[str], str]:
    """Return the names of the columns and what separates them."""
    line = text.split("\n", 1)[0]
    best: list[str] = []
    for separator in _SEPARATORS:
        try:
            names = _folded(next(csv.reader([line], delimiter=separator), []))
        except csv.Error:
            continue
        names = [_ALSO.get(name, name) for name in names]
        if set(_NEEDED) <= set(names):
            twice = next((name for name in COLUMNS if names.count(name) > 1), None)
            if twice is None:
                return names, separator
            what = f"The column '{twice}' stands there twice."
            raise ContentError(file, "line 1", what, "Leave one.")
        best = max(best, names, key=len)
    what = f"It names the columns {', '.join(name or '(none)' for name in best)[:200]}."
    remedy = f"Name them in the first line: {', '.join(COLUMNS)}; the first two are needed."
    raise ContentError(file, "line 1", what, remedy)


def _folded(names: Sequence[str]) -> list[str]:
    return [one_line(name).casefold() for name in names]


def _read_row(
    file: Path,
    place: str,
    row: Mapping[str, str],
    first: dict[tuple[str, str], list[str]],
    reading: Reading,
) -> None:
    question, wanted = one_line(row["question"]), one_line(row.get("id", ""))
    if not question:
        reading.fault(file, f"{place}, question", "It is empty.", "Write the question.")
        return
    status = one_line(row.get("status", "")).casefold()
    if status in _LEFT_OUT:
        if reading.leaves_out(question, status):
            return
    elif status not in _PUBLISHED:
        what = f"'{status}' is no status."
        remedy = f"Choose from published, {', '.join(_LEFT_OUT)}."
        reading.fault(file, f"{place}, status", what, remedy)
        return
    if is_path(wanted) or (wanted and not slug(wanted)):
        what = f"'{wanted}' cannot serve as an id."
        reading.fault(file, f"{place}, id", what, "Use letters and digits, joined by `-`.")
        return
    locale = reading.folder(file, f"{place}, locale", row.get("locale"))
    if locale is None:
        return
    key = slug(wanted) or slug(question) or question
    same = first.setdefault((key, locale), [])
    same.append(place)
    if wanted and len(same) > 1:
        what = f"The id '{wanted}' stands in {same[0]} too, for {locale}."
        reading.fault(file, f"{place}, id", what, "Use every id once in a locale.")
        return
    key = key if len(same) == 1 else f"{key} {len(same)}"
    reading.add(
        SourceArticle(
            file=file,
            place=place,
            key=key,
            group=key if wanted else f"{key} {locale}",
            primary=False,
            locale=locale,
            title=question,
            html=_html(row["answer"]),
            updated=_day(file, f"{place}, updated", row.get("updated", ""), reading),
            tags=_words(row.get("tags", "")),
            intents=_words(row.get("intents", "")),
            name=wanted,
            url=one_line(row.get("url", "")),
            addresses=tuple(filter(None, (one_line(row.get("url", "")), f"{key}.md"))),
        )
    )


def _html(answer: str) -> str:
    """Return an answer as HTML: what is written in tags, else Markdown, or plain text likewise."""
    if _MARKUP.search(answer):
        return answer
    return markdown_to_html(_ADDRESS.sub(lambda found: f"<{found[0]}>", answer), plain=True)


def _day(file: Path, place: str, value: str, reading: Reading) -> datetime.date | None:
    text = one_line(value)
    try:
        return datetime.date.fromisoformat(text[:10]) if text else None
    except ValueError:
        reading.fault(file, place, f"'{text}' is no date.", "Write it as 2026-11-23.")
        return None


def _words(value: str) -> tuple[str, ...]:
    words = (one_line(word) for word in re.split(r"[,;|]", value))
    return tuple(dict.fromkeys(filter(None, words)))


def _address(link: Mapping[str, str]) -> str | None:
    return link.get("href", "").partition("#")[0] or None
