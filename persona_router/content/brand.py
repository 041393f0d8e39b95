"""Reads the questionnaire on the brand's own service persona, and a team's answers."""

from collections.abc import Mapping
from pathlib import Path

from persona_router.content.files import Node, read_yaml
from persona_router.core.brand import ANSWERS as CHOICES
from persona_router.core.brand import AXES, BrandModel, Point, Question

ANSWERS = Path("data", "brand.yml")
"""A team's answers, in the assistant's folder."""
DEFAULT_BRAND = Path(__file__).resolve().parents[1] / "defaults" / "brand.yml"


def read_brand(path: Path = DEFAULT_BRAND) -> BrandModel:
    """Return types, ideal and questions. Raises ContentError naming file, value and choices."""
    top = read_yaml(path)
    top.only("types", "ideal", "questions")
    types, asked = top.node("types"), top.node("questions")
    return BrandModel(
        types={name: _point(types.node(name)) for name in types.values},
        ideal=_point(top.node("ideal")),
        questions=tuple(_question(asked.node(id), id) for id in asked.values),
    )


def read_answers(path: Path, model: BrandModel) -> Mapping[str, int]:
    """Return a team's answers by question; not every one need be there.

    Raises ContentError for an unknown question and an answer outside 1 to 5.
    """
    top = read_yaml(path)
    top.only("answers")
    answers = top.node("answers")
    answers.only(*(question.id for question in model.questions))
    given = [id for id, answer in answers.values.items() if answer is not None]
    return {id: answers.count(id, 0, CHOICES[0], CHOICES[-1]) for id in given}


def _point(node: Node) -> Point:
    node.only(*AXES)
    for name in AXES:
        node.get(name, float)
    return {name: node.share(name, 0.0) for name in AXES}


def _question(node: Node, id: str) -> Question:
    node.only("axis", "asks", "change", "down")
    axis = node.get("axis", str)
    if axis not in AXES:
        raise node.fault("axis", f"Unknown axis '{axis}'.", f"Choose from {', '.join(AXES)}.")
    return Question(
        id=id,
        axis=axis,
        asks=node.get("asks", str),
        change=node.get("change", str),
        down=node.get("down", bool, False),
    )
