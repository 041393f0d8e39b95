"""The coverage grid as one HTML page: a heat map for each persona, and the gaps in sentences."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from persona_router.commands.coverage_text import day_ranges, language_name, sentence, zone_name
from persona_router.core.coverage import Coverage

_STEPS = (0, 24, 49, 74, 99, 100)
"""The highest percentage of each step of the colour scale."""
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def coverage_page(coverage: Coverage) -> str:
    """Return the page, which needs no other file, no script and no network."""
    return _TEMPLATES.get_template("coverage.html").render(
        coverage=coverage,
        covered=_percent(1 - coverage.empty),
        languages=[
            {"tag": tag, "name": language_name(tag), "zone": zone_name(hours)}
            for tag, hours in coverage.hours.items()
        ],
        personas=coverage.personas,
        shares={
            (persona, language): _percent(coverage.share(persona, language))
            for persona, language in coverage.covered
        },
        maps={
            (persona, language): _rows(coverage, persona, language)
            for persona, language in coverage.covered
        },
        steps=[
            (number, f"{low} %" if low == high else f"{low}–{high} %")
            for number, (low, high) in enumerate(
                zip((0, *(step + 1 for step in _STEPS)), _STEPS, strict=False)
            )
        ],
        step=_step,
        sentences=[sentence(gap, coverage) for gap in coverage.gaps],
    )


def _rows(coverage: Coverage, persona: str, language: str) -> list[dict[str, object]]:
    """Return the days of a week that are alike as rows of 24 percentages, None without an hour."""
    totals: dict[tuple[int, int], list[int]] = {}
    counts = coverage.covered[persona, language]
    for hour, count in zip(coverage.hours[language], counts, strict=True):
        totals.setdefault((hour.weekday(), hour.hour), []).append(count)
    alike: dict[tuple[int | None, ...], list[int]] = {}
    for day in range(7):
        values = tuple(_mean(totals.get((day, hour)), coverage.intents) for hour in range(24))
        if any(value is not None for value in values):
            alike.setdefault(values, []).append(day)
    return [{"days": day_ranges(days), "values": values} for values, days in alike.items()]


def _mean(counts: Sequence[int] | None, intents: int) -> int | None:
    return _percent(sum(counts) / (len(counts) * intents)) if counts and intents else None


def _percent(share: float) -> int:
    """Return a whole percentage that is 0 or 100 only if the share is."""
    return round(share) * 100 if share in (0, 1) else min(99, max(1, round(share * 100)))


def _step(percent: int) -> int:
    return next(number for number, highest in enumerate(_STEPS) if percent <= highest)
