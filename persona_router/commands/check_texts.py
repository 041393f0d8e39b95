"""Faults of texts: what is missing, extra, mismatched or untranslated in a served language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, UnknownLocaleError

from persona_router.content.errors import ContentError
from persona_router.content.files import Node, read_yaml
from persona_router.content.text_files import OWN, PACKAGED, text_folders
from persona_router.core.locale import canonical_or_none, language_of
from persona_router.core.policy import Policy

_PLACEHOLDER = re.compile(r"{(\w+)}")
_WORD = re.compile(r"[^\W\d_]{2,}")
# One or two words may be the same in another language: "Newsletter", "Status", a name.
_ENOUGH_WORDS = 3
_STRINGS = ("page", "desk", "articles")


@dataclass(frozen=True)
class _Text:
    """A text, the file and place it stands at, and its plural category or ""."""

    file: Path
    place: str
    text: str
    plural: str = ""


_Texts = Mapping[str, Sequence[_Text]]
"""All forms of each text by key; a key is the same in every language."""


def text_faults(project: Path, policy: Policy) -> Iterator[ContentError]:
    """Yield the faults of all texts that `project` uses, in the languages of its policy."""
    own = project / "data" / "responses"
    plugin = text_folders("responses", project=project)
    packaged = _folder_texts(PACKAGED / "responses")[0].get("en", {})
    hosts, faults = _folder_texts(own)
    yield from faults
    if own.exists() and not faults:
        without = {code: _without(texts, packaged) for code, texts in hosts.items()}
        yield from _compared(own, without, policy)
    # A host may write the plugin's texts into its own files.
    files, faults = _folder_texts(*plugin, more={c: _only(t, packaged) for c, t in hosts.items()})
    yield from faults
    yield from _compared(project / OWN / "responses", files, policy)
    for kind in _STRINGS:
        files, faults = _folder_texts(*text_folders(kind, project=project))
        yield from faults
        yield from _compared(project / OWN / kind, files, policy)
    lexicons = (PACKAGED / "lexicon", project / "data" / "lexicon")
    for language in policy.languages:
        if not any((folder / f"{language}.yml").exists() for folder in lexicons):
            file = lexicons[1] / f"{language}.yml"
            yield ContentError(file, "", "The phrase lists are missing.", f"Write {language}'s.")


def _folder_texts(
    *folders: Path, more: Mapping[str, _Texts] | None = None
) -> tuple[dict[str, _Texts], list[ContentError]]:
    """Return the texts by language of all files in `folders`, and the files' faults."""
    found: dict[str, _Texts] = dict(more or {})
    faults = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.yml"))):
        if canonical_or_none(path.stem) is None:
            what = f"'{path.stem}' is no locale."
            remedy = "Name the file after a BCP 47 tag, such as de.yml or pt-BR.yml."
            faults.append(ContentError(path, "", what, remedy))
            continue
        try:
            read = _read(path)
        except ContentError as error:
            faults.append(error)
            continue
        found[path.stem] = {**read, **found.get(path.stem, {})}
    return found, faults


def _read(path: Path) -> dict[str, list[_Text]]:
    top = read_yaml(path)
    flat: dict[str, list[_Text]] = {}
    if "strings" in top.values:
        strings = top.node("strings")
        for key, value in strings.values.items():
            place = f"strings.{key}"
            forms = value if isinstance(value, dict) else {"": strings.get(key, str)}
            flat[place] = [_Text(path, place, str(text), form) for form, text in forms.items()]
        return flat
    phrases = top.node("phrases", optional=True)
    for key in phrases.values:
        flat[f"phrases.{key}"] = [_Text(path, f"phrases.{key}", phrases.get(key, str))]
    responses = top.node("texts", optional=True)
    for name in responses.values:
        for place, text in _response(responses.node(name)):
            flat[place] = [_Text(path, place, text)]
    return flat


def _response(node: Node) -> Iterator[tuple[str, str]]:
    yield node.place, node.get("text", str)
    for number, button in enumerate(node.nodes("buttons"), start=1):
        yield f"{node.place}.buttons[{number}]", button.get("title", str)


def _without(texts: _Texts, others: _Texts) -> _Texts:
    return {key: forms for key, forms in texts.items() if key not in others}


def _only(texts: _Texts, others: _Texts) -> _Texts:
    return {key: forms for key, forms in texts.items() if key in others}


def _compared(own: Path, texts: Mapping[str, _Texts], policy: Policy) -> Iterator[ContentError]:
    """Yield what differs from the default locale's texts; `own` is where a file would be added."""
    default = language_of(policy.default_locale)
    reference = texts.get(default) or texts.get(policy.default_locale)
    if reference is None:
        file = own / f"{policy.default_locale}.yml"
        yield ContentError(file, "", "The default locale has no texts.", "Write them.")
        return
    for language in policy.languages:
        found, file = texts.get(language), own / f"{language}.yml"
        if found is None:
            yield ContentError(file, "", "The file is missing.", f"Translate it to {language}.")
            continue
        file = next((forms[0].file for forms in found.values()), file)
        for key in sorted(reference.keys() - found.keys()):
            yield ContentError(file, key, "The text is missing.", f"Translate it to {language}.")
        for key in sorted(found.keys() - reference.keys()):
            what = "The default locale has no such text."
            yield ContentError(found[key][0].file, key, what, "Remove it.")
        for key in sorted(reference.keys() & found.keys()):
            yield from _form_faults(
                found[key], reference[key], language, foreign=language != default
            )


def _form_faults(
    forms: Sequence[_Text], reference: Sequence[_Text], language: str, *, foreign: bool
) -> Iterator[ContentError]:
    wanted = {name for form in reference for name in _PLACEHOLDER.findall(form.text)}
    for form in forms:
        ours = set(_PLACEHOLDER.findall(form.text))
        # "one message" may do without the number that the other forms name.
        missing = wanted - ours if form.plural in ("", "other") else set()
        if missing or ours - wanted:
            what = f"Placeholders {sorted(ours)} differ from {sorted(wanted)}."
            yield ContentError(form.file, form.place, what, "Use the same ones.")
        same = any(form.text == other.text for other in reference)
        if foreign and same and len(_WORD.findall(form.text)) >= _ENOUGH_WORDS:
            what = f"'{form.text}' is not translated."
            yield ContentError(form.file, form.place, what, f"Translate it to {language}.")
    written = {form.plural for form in forms}
    if written != {""}:
        yield from _plural_faults(forms[0], written, language)


def _plural_faults(text: _Text, written: set[str], language: str) -> Iterator[ContentError]:
    try:
        wanted = {*Locale.parse(language, sep="-").plural_form.tags, "other"}
    except (ValueError, UnknownLocaleError):
        wanted = {"other"}
    for form in sorted(wanted - written):
        what = f"The plural form '{form}' is missing."
        yield ContentError(text.file, text.place, what, f"{language} needs it.")
    for form in sorted(written - wanted):
        choices = ", ".join(sorted(wanted))
        what = f"'{form}' is no plural form of {language}."
        yield ContentError(text.file, text.place, what, f"Write {choices}.")
