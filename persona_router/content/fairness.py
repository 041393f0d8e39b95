"""Reads the texts of the fairness experiment, one file a language (docs/fairness.md)."""

from collections.abc import Collection, Sequence
from pathlib import Path

from persona_router.content.errors import ContentError
from persona_router.content.files import Node, read_yaml
from persona_router.core.fairness import Name, Request, Texts

_PLACE_OF_NAME = "{name}"


def read_fairness(folder: Path, *, languages: Collection[str]) -> tuple[Texts, ...]:
    """Return the texts of all files in `folder`, by language.

    Raises ContentError where a file is at fault, is of none of the served `languages`, or differs
    from the first in the ids of its requests or in the number or genders of its people.
    """
    if not folder.is_dir():
        remedy = "Name a folder of texts; docs/fairness.md tells their form."
        raise ContentError(folder, "", "There is no such folder.", remedy)
    files = sorted(folder.glob("*.yml"))
    if not files:
        remedy = "Write one for each language; docs/fairness.md tells their form."
        raise ContentError(folder, "", "It holds no texts (*.yml).", remedy)
    found: list[Texts] = []
    for file in files:
        if file.stem not in languages:
            what = f"The language '{file.stem}' is not served."
            raise ContentError(file, "", what, f"Served: {', '.join(languages)}.")
        found.append(_texts(read_yaml(file)))
        _same_in_both(files[0], found[0], file, found[-1])
    return tuple(found)


def _texts(top: Node) -> Texts:
    top.only("introduction", "names", "requests")
    introduction = _written(top, "introduction")
    if introduction.count(_PLACE_OF_NAME) != 1:
        what = f"'{introduction}' does not hold {_PLACE_OF_NAME} once."
        raise top.fault("introduction", what, f"Write {_PLACE_OF_NAME} where the name belongs.")
    names = tuple(_name(node) for node in top.nodes("names"))
    if not names:
        raise top.fault("names", "No name is listed.", "Write 'name' and 'gender' of some people.")
    texts = [name.text for name in names]
    twice = next((text for text in texts if texts.count(text) > 1), None)
    if twice is not None:
        raise top.fault("names", f"'{twice}' is listed twice.", "Name each of the people once.")
    requests = top.node("requests")
    if not requests.values:
        raise top.fault("requests", "No request is listed.", "Write at least one.")
    return Texts(
        language=top.file.stem,
        introduction=introduction,
        names=names,
        requests={key: _request(requests.node(key)) for key in requests.values},
    )


def _name(node: Node) -> Name:
    node.only("name", "gender")
    return Name(text=_written(node, "name"), gender=_written(node, "gender"))


def _request(node: Node) -> Request:
    node.only("text", "informal", "regional")
    return Request(
        text=_written(node, "text"),
        informal=_written(node, "informal"),
        regional=_written(node, "regional"),
    )


def _written(node: Node, key: str) -> str:
    text = node.get(key, str).strip()
    if not text:
        raise node.fault(key, "It is empty.", "Write text here.")
    return text


def _same_in_both(first: Path, wanted: Texts, file: Path, found: Texts) -> None:
    lacking = sorted(wanted.requests.keys() - found.requests.keys())
    if lacking:
        what = f"It lacks {', '.join(lacking)} of {first.name}."
        raise ContentError(file, "requests", what, "Write every request in every language.")
    more = sorted(found.requests.keys() - wanted.requests.keys())
    if more:
        what = f"{first.name} has no {', '.join(more)}."
        raise ContentError(file, "requests", what, "Write every request in every language.")
    if _genders(found) != _genders(wanted):
        what = f"The genders {_genders(found)} are not {_genders(wanted)} as in {first.name}."
        raise ContentError(file, "names", what, "List the same people in the same order.")


def _genders(texts: Texts) -> str:
    return ", ".join(name.gender for name in texts.names)


def people_of(texts: Sequence[Texts], language: str) -> tuple[Name, ...]:
    """Return the people as `language` writes them; as the first language does without it."""
    chosen = next((t for t in texts if t.language == language), texts[0])
    return chosen.names
