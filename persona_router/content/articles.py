"""Articles of the knowledge base: `<folder>/<locale>/<slug>.md`, YAML front matter, Markdown."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from babel import Locale, UnknownLocaleError

from persona_router.content.errors import ContentError
from persona_router.knowledge.markdown import article_links, misuses

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<fields>.*?\n)?---[ \t]*\n(?P<body>.*)", re.DOTALL)
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


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


# A sound article comes with its file and the line on which its body starts.
_Read = tuple[Path, int, Article] | ContentError


def read_articles(
    folder: Path, *, on_fault: Callable[[ContentError], None] | None = None
) -> tuple[Article, ...]:
    """Return the articles below `folder`, ordered by locale and id.

    The first fault is raised as `ContentError`; with `on_fault` every fault is handed to it
    instead and the sound articles are returned. Links are left to `check_articles`, because a
    broken one harms no reader of the rest.
    """
    articles: list[Article] = []
    for found in _read(folder):
        if isinstance(found, ContentError):
            if on_fault is None:
                raise found
            on_fault(found)
        else:
            articles.append(found[2])
    return tuple(sorted(articles, key=lambda article: (article.locale, article.id)))


def check_articles(folder: Path) -> tuple[ContentError, ...]:
    """Return every fault below `folder`: those of `read_articles`, then links that lead nowhere."""
    found = list(_read(folder))
    faults = [item for item in found if isinstance(item, ContentError)]
    sound = [item for item in found if not isinstance(item, ContentError)]
    known = {(article.locale, article.id) for _, _, article in sound}
    for path, first_line, article in sound:
        for line, href, link in article_links(article.body):
            locale = link.locale or article.locale
            if (locale, link.id) not in known:
                place = f"line {first_line + line - 1}"
                remedy = f"Link to `<id>.md` of an article that exists in {locale}."
                faults.append(ContentError(path, place, f"Link '{href}' leads nowhere.", remedy))
    return tuple(faults)


def _read(folder: Path) -> Iterator[_Read]:
    if not folder.is_dir():
        yield ContentError(folder, "", "The folder is missing.", "Create it, one folder a locale.")
        return
    for path in sorted(folder.glob("*.md")):
        if path.stem.upper() != "README":
            yield ContentError(
                path, "", "The article is in no locale's folder.", f"Move it to {folder}/<locale>/."
            )
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        if place.name.startswith("."):
            continue
        locale = _locale(place)
        if isinstance(locale, ContentError):
            yield locale
            continue
        first: dict[str, Path] = {}
        for path in sorted(place.glob("*.md")):
            for item in _article(path, locale):
                if isinstance(item, ContentError):
                    yield item
                    continue
                other = first.setdefault(item[2].id, path)
                if other != path:
                    what = f"Duplicate id '{item[2].id}', also in {other.name}."
                    yield ContentError(path, "id", what, f"Use every id once in {locale}.")
                    continue
                yield item


def _locale(folder: Path) -> str | ContentError:
    try:
        tag = str(Locale.parse(folder.name, sep="-")).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        return ContentError(
            folder,
            "",
            f"'{folder.name}' is not a locale.",
            "Name the folder with a BCP 47 tag, such as `tr` or `pt-BR`.",
        )
    if tag != folder.name:
        return ContentError(folder, "", f"'{folder.name}' is not canonical.", f"Name it `{tag}`.")
    return tag


def _article(path: Path, locale: str) -> Iterator[_Read]:
    """Yield the faults of one file or, when there is none, its article."""
    try:
        text = _text(path)
        fields, body = _parts(path, text)
    except ContentError as fault:
        yield fault
        return
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
        yield from faults
    else:
        yield path, first_line, Article(locale=locale, body=body, **values)


def _text(path: Path) -> str:
    try:
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
        fields = yaml.load(match["fields"] or "", Loader=yaml.BaseLoader)
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
