"""The words around a persona card in every language: its labels, and the names of signals."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from persona_router.content.files import Node, read_yaml
from persona_router.content.text_files import text_folders

FALLBACK = "en"
"""Language of the labels that another language's file lacks, or that has none."""


@dataclass(frozen=True)
class CardLabels:
    """The labels of one language by key, and its names of signals."""

    language: str
    labels: Mapping[str, str]
    signals: Mapping[str, str]

    def __call__(self, key: str, **values: str) -> str:
        """Return the label at `key` with the values put in. Raises KeyError for an unknown key."""
        return self.labels[key].format(**values)

    def route(self, id_: str) -> str:
        """Return the name of a route; its id, readable, for a route of the host's own."""
        return self.labels.get(f"route_{id_}") or id_.replace("_", " ")

    def signal(self, name: str) -> str:
        """Return the name of a signal; its id, readable, for one that another package adds."""
        return self.signals.get(name) or name.replace("_", " ")


def card_labels(language: str, *, project: Path | None = None) -> CardLabels:
    """Return the labels of `language`, each that it lacks from the fallback language.

    The host's own files are `data/texts/cards/<language>.yml` and `data/texts/desk/…` in
    `project`. Raises ContentError for a malformed file.
    """
    codes = (FALLBACK, language.partition("-")[0], language)
    labels: dict[str, str] = {}
    signals: dict[str, str] = {}
    for code in dict.fromkeys(codes):
        for node in _files("cards", code, project):
            labels.update((key, node.get(key, str)) for key in node.values)
        for node in _files("desk", code, project):
            strings = node.node("strings")
            for key in strings.values:
                if key.startswith("signal."):
                    signals[key.partition(".")[2]] = strings.get(key, str)
    return CardLabels(language, labels, signals)


def _files(kind: str, code: str, project: Path | None) -> list[Node]:
    """Return the files of one language, those that win last."""
    folders = reversed(text_folders(kind, project=project))
    paths = (folder / f"{code}.yml" for folder in folders)
    return [read_yaml(path) for path in paths if path.exists()]
