"""Answers of a Zammad knowledge base: answers of its REST API, saved as JSON.

Zammad sends records by kind and id. The overview (`knowledge_bases/init`) has no texts, so they
come from the answers themselves, and the names of locales from its list of locales.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from persona_router.knowledge.imports.files import files_below, read_json
from persona_router.knowledge.imports.records import Record
from persona_router.knowledge.imports.source import Reading, Source, SourceArticle

_PREFIX = "KnowledgeBase"
_ANSWER = f"{_PREFIX}Answer"
_TRANSLATION = f"{_ANSWER}Translation"
_CONTENT = f"{_TRANSLATION}Content"
_KB_LOCALE = f"{_PREFIX}Locale"
_LOCALE = "Locale"
_STATES = (("archived_at", "archived"), ("published_at", "published"), ("internal_at", "internal"))
_ROUTE = re.compile(r"(?:#knowledge_base/|/knowledge-base/)(?:[^?]*/)?answer/(?P<id>\d+)")
_HELP = re.compile(r"/help/[a-z]{2,3}(?:-[\w-]+)?/\d+-[^/]*/(?P<id>\d+)-[^/]*/?$")

Assets = Mapping[str, Mapping[str, Record]]


def read_zammad(path: Path, reading: Reading) -> Source:
    """Return the published answers below `path`, each in all its translations."""
    assets: dict[str, dict[str, Record]] = {}
    for file in files_below(path, (".json",)):
        for kind, record in _assets(file, read_json(file), reading):
            assets.setdefault(kind, {})[record.text("id")] = record
    if not assets.get(_TRANSLATION):
        remedy = "Save what knowledge_bases/init and the answers of the API send."
        reading.fault(path, "", f"It holds no {_TRANSLATION}.", remedy)
    for translation in assets.get(_TRANSLATION, {}).values():
        _read_translation(translation, assets, reading)
    return reading.source("zammad", lambda article, link: _address(link))


def _assets(file: Path, loaded: Any, reading: Reading) -> Iterator[tuple[str, Record]]:
    """Yield kind and record of everything in an answer of the API."""
    for number, answer in enumerate(loaded if isinstance(loaded, list) else [loaded]):
        place = f"[{number}]" if isinstance(loaded, list) else ""
        if not isinstance(answer, dict):
            reading.fault(file, place, "It is no object.", "Save an answer of the API.")
        elif "locale" in answer and "id" in answer:
            yield _LOCALE, Record(file=file, place=place, values=answer)
        else:
            inner = answer.get("assets", answer)
            yield from _by_kind(file, inner if isinstance(inner, dict) else {}, reading)


def _by_kind(
    file: Path, kinds: Mapping[str, Any], reading: Reading
) -> Iterator[tuple[str, Record]]:
    for kind, found in kinds.items():
        if not isinstance(found, dict) or not (kind.startswith(_PREFIX) or kind == _LOCALE):
            continue
        for key, values in found.items():
            place = f"{kind}.{key}"
            if isinstance(values, dict):
                yield kind, Record(file=file, place=place, values={"id": key, **values})
            else:
                reading.fault(file, place, "It is no object.", "Save the answer again.")


def _read_translation(translation: Record, assets: Assets, reading: Reading) -> None:
    key, title = translation.text("answer_id"), translation.line("title")
    answer = assets.get(_ANSWER, {}).get(key)
    if answer is None or not key.isdecimal() or not title:
        what = "It has no title." if answer else f"There is no {_ANSWER} '{key}' for it."
        reading.fault(
            translation.file, translation.place, what, "Save the answer of the API again."
        )
        return
    state = _state(answer, reading)
    if state != "published" and reading.leaves_out(f"{title} ({key})", state):
        return
    kb_locale = assets.get(_KB_LOCALE, {}).get(translation.text("kb_locale_id"))
    locale = _locale(translation, kb_locale, assets, reading)
    content = assets.get(_CONTENT, {}).get(translation.text("content_id"))
    if content is None:
        number = translation.text("id")
        remedy = f"Save what …/answers/{key}?include_contents={number} sends beside it."
        what = f"The text of '{title}' is missing."
        reading.fault(translation.file, translation.place, what, remedy)
    if locale is None or content is None:
        return
    reading.add(
        SourceArticle(
            file=content.file,
            place=content.place,
            key=key,
            group=key,
            primary=bool(kb_locale and kb_locale.values.get("primary")),
            locale=locale,
            title=title,
            html=content.text("body"),
            updated=translation.date("updated_at", reading) or answer.date("updated_at", reading),
            tags=answer.words("tags"),
            addresses=(f"answer {key}", f"translation {translation.text('id')}"),
        )
    )


def _state(answer: Record, reading: Reading) -> str:
    """Return whether an answer is archived, published, internal, or a draft, by its times."""
    for key, state in _STATES:
        at = answer.time(key, reading)
        if at is not None and at <= reading.at:
            return state
    return "draft"


def _locale(
    translation: Record, kb_locale: Record | None, assets: Assets, reading: Reading
) -> str | None:
    """Return the folder of a translation's locale; its short form where the system has one."""
    known = assets.get(_LOCALE, {}).get(kb_locale.text("system_locale_id")) if kb_locale else None
    if known is not None:
        tag = known.line("alias") or known.line("locale")
        return reading.folder(known.file, f"{known.place}.locale", tag)
    used = {record.text("kb_locale_id") for record in assets[_TRANSLATION].values()}
    if reading.locale is not None and len(used) == 1:
        return reading.folder(translation.file, translation.place, None)
    what = f"Nothing tells the locale of kb_locale_id {translation.text('kb_locale_id')}."
    remedy = "Save what /api/v1/locales sends beside it"
    remedy += "." if len(used) > 1 else ", or name the locale with --locale."
    reading.fault(translation.file, f"{translation.place}.kb_locale_id", what, remedy)
    return None


def _address(link: Mapping[str, str]) -> str | None:
    """Return which answer or translation a link leads to, None if it leads elsewhere."""
    if link.get("data-target-type") == "knowledge-base-answer" and link.get("data-target-id"):
        return f"translation {link['data-target-id']}"
    href = link.get("href", "")
    found = _ROUTE.search(href) or _HELP.search(href)
    return f"answer {found['id']}" if found else None
