"""Reads who `persona-router demo` simulates: the crowd's file, and the parts that they play."""

from collections.abc import Iterable
from pathlib import Path

from persona_router.content.examples import Case
from persona_router.content.files import Node, read_yaml
from persona_router.core.simulation import Crowd, Manners, Part

DEFAULT_CROWD = Path(__file__).resolve().parents[1] / "defaults" / "demo.yml"
MOST_DAYS = 1000
_CHANCES = ("judges", "helped_right", "helped_wrong", "accepts", "rates", "returns")


def read_crowd(path: Path = DEFAULT_CROWD) -> Crowd:
    """Return the crowd of a file; every key is needed. Raises ContentError naming the fault."""
    node = read_yaml(path)
    node.only("days", "hours", "weekdays", "growth", "languages", "personas", "manners")
    manners = node.node("manners")
    manners.only(*_CHANCES, "ratings")
    node.get("days", int)
    languages, personas = node.node("languages"), node.node("personas")
    return Crowd(
        days=node.count("days", 0, 1, MOST_DAYS),
        hours=_weights(node, "hours", 24),
        weekdays=_weights(node, "weekdays", 7),
        growth=_weight(node, "growth", node.get("growth", float)),
        languages={
            code: _weight(languages, code, languages.get(code, float)) for code in languages.values
        },
        personas={id: _first_and_last(personas, id) for id in personas.values},
        manners=Manners(
            **{name: _share(manners, name) for name in _CHANCES},
            ratings=_weights(manners, "ratings", 5),
        ),
    )


def parts_of(cases: Iterable[Case]) -> tuple[Part, ...]:
    """Return labelled conversations as the parts that simulated customers play."""
    return tuple(
        Part(
            id=case.id,
            language=case.language,
            persona=case.persona,
            routes=case.routes,
            turns=tuple((turn.text, turn.raw_metadata) for turn in case.turns),
        )
        for case in cases
    )


def _share(node: Node, key: str) -> float:
    node.get(key, float)
    return node.share(key, 0.0)


def _first_and_last(node: Node, key: str) -> tuple[float, float]:
    first, last = _weights(node, key, 2)
    return first, last


def _weights(node: Node, key: str, count: int) -> tuple[float, ...]:
    values = node.get(key, list)
    if len(values) != count:
        raise node.fault(key, f"It has {len(values)} weights.", f"Write {count} numbers.")
    weights = tuple(_weight(node, key, value) for value in values)
    if not any(weights):
        raise node.fault(key, "All weights are 0.", "Write one that is more.")
    return weights


def _weight(node: Node, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e6:
        raise node.fault(key, f"'{value}' is no weight.", "Write a number from 0 to 1000000.")
    return float(value)
