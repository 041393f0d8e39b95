"""Reads phrase lists (`texts/lexicon/<language>.yml`, and a host's own beside them)."""

from collections.abc import Sequence
from pathlib import Path

from persona_router.content.files import Node, read_yaml
from persona_router.content.text_files import PACKAGED
from persona_router.core.lexicon import Lexicon, PhraseLists, compile_phrases

PACKAGED_LEXICONS = PACKAGED / "lexicon"


def read_lexicons(languages: Sequence[str], *, own: Path | None = None) -> dict[str, Lexicon]:
    """Return the lexicon of each language; a language without a file gets an empty one.

    `own` is a host's folder of files of the same form, whose phrases are added to the packaged
    ones. Raises ContentError for a malformed file, or a malformed phrase of the host's.
    """
    return {language: _lexicon(language, own) for language in languages}


def _lexicon(language: str, own: Path | None) -> Lexicon:
    phrases: dict[str, list[str]] = {}
    one_line = 7.0
    for folder in (PACKAGED_LEXICONS, own):
        path = folder / f"{language}.yml" if folder else None
        if path is None or not path.exists():
            continue
        top = read_yaml(path)
        top.only("one_line", "phrases")
        one_line = top.get("one_line", float, one_line)
        if not 1 <= one_line <= 100:
            raise top.fault("one_line", f"{one_line} is no length.", "Write a number of words.")
        lists = top.node("phrases")
        for category in lists.values:
            listed = _checked(lists, category) if folder == own else lists.texts(category)
            phrases.setdefault(category, []).extend(listed)
    return Lexicon(
        language=language,
        patterns=PhraseLists(phrases),
        one_line=one_line,
    )


def _checked(lists: Node, category: str) -> tuple[str, ...]:
    listed = lists.texts(category)
    try:
        compile_phrases(listed)
    except ValueError as error:
        remedy = "Write a word, and close every bracket."
        raise lists.fault(category, f"The {error}.", remedy) from error
    return listed
