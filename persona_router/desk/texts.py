"""The desk's own words in every language that has a file, packaged or of the host's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from babel import Locale, UnknownLocaleError

from persona_router.content.errors import ContentError
from persona_router.content.files import SAFE_LOADER
from persona_router.content.text_files import text_folders

FALLBACK = "en"

Message = str | Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class DeskTexts:
    """The words of one language; a key that it lacks is answered by `fallback`.

    A message is a sentence with {placeholders}, or one sentence per plural category of its
    placeholder `n`.
    """

    locale: str
    dir: Literal["ltr", "rtl"]
    strings: Mapping[str, Message]
    fallback: "DeskTexts | None" = None

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence for the key with the values put in; the key if it is unknown."""
        message = self.strings.get(key)
        if message is None:
            return self.fallback(key, **values) if self.fallback else key
        if not isinstance(message, str):
            category = Locale.parse(self.locale, sep="-").plural_form(int(str(values["n"])))
            message = message.get(category, message["other"])
        return message.format(**values)

    def label(self, group: str, code: str) -> str:
        """Return the word for a code of the group, or the code itself, readable, if it has none."""
        key = f"{group}.{code}"
        known = self(key)
        return code.replace("_", " ") if known == key else known


def load_texts(folders: Sequence[Path] | None = None) -> Mapping[str, DeskTexts]:
    """Return the texts by locale, the fallback language first; raises ContentError.

    Texts of an earlier one of `folders` win; without them they are the host's and the packaged one.
    """
    folders = text_folders("desk") if folders is None else folders
    paths: dict[str, list[Path]] = {FALLBACK: []}
    for path in (path for folder in reversed(folders) for path in sorted(folder.glob("*.yml"))):
        paths.setdefault(path.stem, []).append(path)
    if not paths[FALLBACK]:
        raise ContentError(folders[-1], "", f"'{FALLBACK}.yml' is missing.", "Put the file back.")
    texts: dict[str, DeskTexts] = {}
    for locale, files in paths.items():
        for path in files:
            texts[locale] = _read(path, texts.get(locale) or texts.get(FALLBACK))
    return texts


def choose_texts(
    texts: Mapping[str, DeskTexts], wanted: str | None, accept_language: str = ""
) -> DeskTexts:
    """Return the texts for the wanted locale, else the browser's best, else the fallback."""
    for tag in (wanted or "", *_by_preference(accept_language)):
        found = texts.get(tag) or texts.get(tag.split("-")[0].lower())
        if found:
            return found
    return texts[FALLBACK]


def _by_preference(accept_language: str) -> list[str]:
    ranked = []
    for item in accept_language.split(",")[:20]:
        tag, _, quality = item.partition(";q=")
        try:
            ranked.append((-float(quality or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(ranked, key=lambda pair: pair[0])]


def _read(path: Path, fallback: DeskTexts | None) -> DeskTexts:
    try:
        content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContentError(path, "", f"cannot be read ({error}).", "Write UTF-8 YAML.") from error
    if not isinstance(content, dict):
        raise ContentError(path, "", "is not a mapping.", "Write locale, dir and strings.")
    locale, direction, strings = (content.get(key) for key in ("locale", "dir", "strings"))
    try:
        Locale.parse(str(locale), sep="-")
    except (ValueError, UnknownLocaleError) as error:
        remedy = "Write a language tag such as 'en'."
        raise ContentError(path, "locale", f"'{locale}' is unknown.", remedy) from error
    if direction not in ("ltr", "rtl"):
        raise ContentError(path, "dir", f"'{direction}' is no direction.", "Write ltr or rtl.")
    if not isinstance(strings, dict):
        raise ContentError(path, "strings", "is missing.", "Write one text for each key.")
    for key, message in strings.items():
        forms = message if isinstance(message, dict) else {"other": message}
        if "other" not in forms or not all(isinstance(text, str) for text in forms.values()):
            remedy = "Write a text, or texts by plural category with 'other' among them."
            raise ContentError(path, f"strings.{key}", f"'{message}' is no text.", remedy)
    return DeskTexts(locale=str(locale), dir=direction, strings=strings, fallback=fallback)
