"""The assistant's intents and their examples, as Rasa's own files name them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persona_router.content.files import read_yaml
from persona_router.core.locale import canonical_or_none, language_of
from persona_router.core.policy import Policy

_ENTITY = re.compile(r"\[([^\[\]]+)\](?:\([^()]*\)|\{[^{}]*\})")


@dataclass(frozen=True, kw_only=True)
class NluExample:
    """What a customer may write for an intent, without marks of entities.

    `language` is what the file's name says, as in `data/nlu/de.yml`; empty if it says nothing.
    """

    language: str
    intent: str
    text: str


def read_nlu_examples(project: Path) -> tuple[NluExample, ...]:
    """Return the examples of `data/nlu.yml` and of the files below `data/nlu`, in their order.

    Raises ContentError for a file that is no YAML; whatever else is not as Rasa wants it is left to
    Rasa, which says so at training.
    """
    paths = [project / "data" / "nlu.yml", *sorted((project / "data" / "nlu").rglob("*.yml"))]
    return tuple(example for path in paths if path.is_file() for example in _examples(path))


def known_intents(
    project: Path, policy: Policy, examples: tuple[NluExample, ...]
) -> frozenset[str] | None:
    """Return the intents of the policy, the domain and the examples.

    None if there are neither a domain nor examples in their usual places. Raises ContentError for a
    domain that is no YAML.
    """
    domains = [project / "domain.yml", *sorted((project / "domain").rglob("*.yml"))]
    declared = [read_yaml(path).values.get("intents") for path in domains if path.is_file()]
    if not declared and not examples:
        return None
    named = {
        _base(next(iter(intent), "") if isinstance(intent, dict) else str(intent))
        for intents in declared
        if isinstance(intents, list)
        for intent in intents
    }
    own = {*policy.intents, *policy.wishes, *policy.accepts, *policy.unrecognised}
    return frozenset(named | own | {example.intent for example in examples})


def _examples(path: Path) -> Iterator[NluExample]:
    tag = canonical_or_none(path.stem)
    for block in _list(read_yaml(path).values.get("nlu")):
        if not isinstance(block, Mapping) or not isinstance(block.get("intent"), str):
            continue
        for line in _lines(block.get("examples")):
            text = _ENTITY.sub(r"\1", line).strip()
            if text:
                language = language_of(tag) if tag else ""
                yield NluExample(language=language, intent=_base(block["intent"]), text=text)


def _lines(examples: object) -> Iterator[str]:
    if isinstance(examples, str):
        for line in examples.splitlines():
            if line.lstrip().startswith("- "):
                yield line.lstrip().removeprefix("- ")
    for example in _list(examples):
        text = example.get("text") if isinstance(example, Mapping) else None
        if isinstance(text, str):
            yield text


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _base(intent: str) -> str:
    """Return the name of a retrieval intent without its response key: `faq/hours` is `faq`."""
    return intent.split("/", 1)[0]
