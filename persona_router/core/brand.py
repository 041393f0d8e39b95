"""The brand's own service persona: where it stands on five axes, and what would move it most."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from persona_router.core.figures import Rate, Tally

AXES = ("human_touch", "technology", "metrics", "leadership", "rigidity")
"""Each from 0 to 1; rigidity is the one that is better low."""
ANSWERS = (1, 2, 3, 4, 5)
_WIDTH = 0.2
"""How far on the axes a type is still alike: at this distance its likeness has fallen to 0.61."""
_MOST_CHANGES = 3
_MOST_REASONS = 3

Point = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a team is asked, which axis it tells, and what to do where the answer is low.

    A higher answer moves the axis up, or down where `down` is true.
    """

    id: str
    axis: str
    asks: str
    change: str
    down: bool = False

    def place(self, answer: int) -> float:
        """Return where an answer from 1 to 5 puts the axis."""
        share = (answer - ANSWERS[0]) / (ANSWERS[-1] - ANSWERS[0])
        return 1 - share if self.down else share


@dataclass(frozen=True, kw_only=True)
class BrandModel:
    """The types as points on the axes, the ideal that joins their strengths, and the questions."""

    types: Mapping[str, Point]
    ideal: Point
    questions: tuple[Question, ...]


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Where the brand stands on an axis: as answered, as measured, and both; None where unknown."""

    name: str
    answered: float | None
    measured: float | None

    @property
    def value(self) -> float | None:
        """The mean of what is known."""
        known = [value for value in (self.answered, self.measured) if value is not None]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One change, and by how much one step of its answer brings the brand nearer to the ideal."""

    question: Question
    gain: float


@dataclass(frozen=True, kw_only=True)
class BrandProfile:
    """How alike the brand is to each type, as shares of 1, and how far from the ideal.

    `gap` is from 0, at the ideal, to 1. `advice` has the changes that would move it most, the
    first the most; questions that are answered as well as can be have nothing to give.
    """

    axes: tuple[Axis, ...]
    likeness: Mapping[str, float]
    gap: float
    advice: tuple[Advice, ...]


def profile(
    model: BrandModel, answers: Mapping[str, int], measured: Mapping[str, float]
) -> BrandProfile:
    """Return the brand's profile from answers by question and values by axis.

    Axes of which nothing is known say nothing. Raises ValueError if that is all of them.
    """
    axes = tuple(_axis(name, model, answers, measured) for name in AXES)
    place = _place(axes)
    if not place:
        raise ValueError("nothing is answered and nothing is measured")
    near = {name: _near(_distance(place, point)) for name, point in model.types.items()}
    whole = sum(near.values())
    return BrandProfile(
        axes=axes,
        likeness={name: value / whole for name, value in near.items()},
        gap=_distance(place, model.ideal),
        advice=_advice(model, answers, measured, _distance(place, model.ideal)),
    )


def measured_axes(
    whole: Tally,
    *,
    in_time: Rate | None,
    escalations: Rate | None,
    kept_away: Rate,
    minimum: int,
) -> Mapping[str, float]:
    """Return the axes that log and queue tell something of, each from `minimum` cases on.

    `in_time` counts the chats that somebody took over within the service level, `escalations` and
    `kept_away` are those of `core/brand_visits.py`. What no queue tells is None.
    """
    rates = {
        "human_touch": in_time,
        "technology": whole.rates["deflection"],
        "metrics": Rate(whole.judged, whole.visits),
        "leadership": escalations,
        "rigidity": kept_away,
    }
    return {
        name: rate.hits / rate.cases
        for name, rate in rates.items()
        if rate is not None and rate.cases >= max(1, minimum)
    }


def reasons(found: BrandProfile, model: BrandModel, type: str) -> tuple[Axis, ...]:
    """Return the axes on which the brand is nearest to the type, in the order of all axes."""
    values = {axis.name: axis.value for axis in found.axes if axis.value is not None}
    near = sorted(values, key=lambda name: (abs(values[name] - model.types[type][name]), name))
    return tuple(axis for axis in found.axes if axis.name in near[:_MOST_REASONS])


def _axis(
    name: str, model: BrandModel, answers: Mapping[str, int], measured: Mapping[str, float]
) -> Axis:
    told = [q.place(answers[q.id]) for q in model.questions if q.axis == name and q.id in answers]
    return Axis(
        name=name,
        answered=sum(told) / len(told) if told else None,
        measured=measured.get(name),
    )


def _place(axes: Sequence[Axis]) -> Point:
    return {axis.name: axis.value for axis in axes if axis.value is not None}


def _distance(place: Point, other: Point) -> float:
    """Return the root of the mean squared difference on the axes that are known."""
    return math.sqrt(sum((place[name] - other[name]) ** 2 for name in place) / len(place))


def _near(distance: float) -> float:
    return math.exp(-((distance / _WIDTH) ** 2) / 2)


def _advice(
    model: BrandModel, answers: Mapping[str, int], measured: Mapping[str, float], gap: float
) -> tuple[Advice, ...]:
    found = []
    for question in model.questions:
        if answers.get(question.id, ANSWERS[-1]) == ANSWERS[-1]:
            continue
        better = {**answers, question.id: answers[question.id] + 1}
        axes = [_axis(name, model, better, measured) for name in AXES]
        gain = gap - _distance(_place(axes), model.ideal)
        if gain > 0:
            found.append(Advice(question=question, gain=gain))
    ordered = sorted(found, key=lambda one: -one.gain)
    return tuple(ordered[:_MOST_CHANGES])
