"""Localized texts with a fallback chain: a host's own over the packaged ones."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from persona_router.content.errors import ContentError
from persona_router.content.files import Node, read_yaml
from persona_router.content.text_files import PACKAGED
from persona_router.core.locale import canonical

PACKAGED_TEXTS = PACKAGED / "responses"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Response:
    """One reply as written: its text and its buttons, with `{placeholders}`."""

    text: str
    buttons: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class LocaleTexts:
    """The texts of one locale: whole replies, and phrases that replies are composed of."""

    responses: Mapping[str, Response] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Texts:
    """All texts by locale; a host's own come before the packaged ones of the same locale."""

    locales: Mapping[str, LocaleTexts]

    def response(self, name: str, chain: Sequence[str]) -> tuple[str, Response] | None:
        """Return the first locale of `chain` that has the reply, and the reply; else None."""
        for locale in chain:
            texts = self.locales.get(locale)
            if texts is not None and name in texts.responses:
                return locale, texts.responses[name]
        return None

    def phrase(self, key: str, chain: Sequence[str], **values: object) -> str | None:
        """Return the phrase filled with `values`; None if no locale of the chain has it."""
        for locale in chain:
            texts = self.locales.get(locale)
            if texts is not None and key in texts.phrases:
                return fill(texts.phrases[key], values)
        return None


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Return `text` with each `{name}` replaced by its value, None by nothing.

    Unknown names stay. Values are never read again: a customer who writes "{email}" gets no email.
    """

    def replaced(found: re.Match[str]) -> str:
        if found[1] not in values:
            return found[0]
        value = values[found[1]]
        return "" if value is None else str(value)

    return _PLACEHOLDER.sub(replaced, text)


def read_texts(folders: Iterable[Path]) -> Texts:
    """Return the texts of all `<locale>.yml` in `folders`; an earlier folder wins.

    Raises ContentError naming file, key and remedy.
    """
    locales: dict[str, LocaleTexts] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yml")):
            read = _read(path)
            name = _locale(path)
            own = locales.get(name, LocaleTexts())
            locales[name] = LocaleTexts(
                {**read.responses, **own.responses}, {**read.phrases, **own.phrases}
            )
    return Texts(locales)


def _locale(path: Path) -> str:
    try:
        return canonical(path.stem)
    except ValueError as error:
        remedy = "Name the file after a BCP 47 tag, such as de.yml or pt-BR.yml."
        raise ContentError(path, "", f"'{path.stem}' is no locale.", remedy) from error


def _read(path: Path) -> LocaleTexts:
    top = read_yaml(path)
    top.only("texts", "phrases")
    responses = top.node("texts", optional=True)
    phrases = top.node("phrases", optional=True)
    return LocaleTexts(
        {name: _response(responses.node(name)) for name in responses.values},
        {key: phrases.get(key, str) for key in phrases.values},
    )


def _response(node: Node) -> Response:
    node.only("text", "buttons")
    buttons = []
    for button in node.nodes("buttons"):
        button.only("title", "payload")
        buttons.append({"title": button.get("title", str), "payload": button.get("payload", str)})
    return Response(node.get("text", str), tuple(buttons))
