"""The figures as tables for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from persona_router.core.figures import RATES
from persona_router.log.filters import NONE

_FEW = "not enough data"
_WAITED = ("asked", "taken", "within", "left", "median", "ninetieth")


def tables(content: Mapping[str, Any], by: tuple[str, ...], minimum: int) -> Iterator[str]:
    """Yield the lines of all tables; `content` is what `figures.as_json` returns.

    A share without enough cases is said to be so: it has fewer than `minimum`.
    """
    total = content["all"]["visits"]
    yield (
        f"{content['from']} to {content['to']}: {total} visits, {content['decisions']} decisions."
        f" Shares with their 95 % intervals; below {minimum} cases {_FEW}."
    )
    yield from _titled("visits", [(day, str(n)) for day, n in content["visits"].items() if n])
    yield from _titled(
        " and ".join(by),
        [
            (*by, "visits", *RATES),
            *(
                (*(str(one[name] or NONE) for name in by), *_measured(one))
                for one in content["split"]
            ),
            ("all", *[""] * (len(by) - 1), *_measured(content["all"])),
        ],
    )
    for name, key, count in (
        ("language_mix", "language", None), ("reasons", "reason", "handoffs"),
        ("unanswered", "language", None),
    ):  # fmt: skip
        yield from _titled(
            name,
            [
                (str(one[key] or NONE), str(one[count]) if count else _share(one))
                for one in content[name]
            ],
        )
    yield from _titled(
        "waiting",
        [
            ("kind", "in time", *_WAITED),
            *(
                (
                    *(kind, _share(found["in_time"])),
                    *(NONE if found[n] is None else f"{found[n]:.0f}" for n in _WAITED),
                )
                for kind, found in (
                    *content["waiting"].items(),
                    *(
                        (f"{one['kind']} {one['value'] or NONE}", one)
                        for one in content["waiting_by"]
                    ),
                )
            ),
        ],
    )
    yield from _titled(
        "translation",
        [
            (one["article"], str(one["language"] or NONE), str(one["decisions"]))
            for one in content["translation"]
        ],
    )
    yield from _titled(
        "options",
        [
            ("persona", "route", "use", "satisfaction", ""),
            *(
                (
                    *(str(one["persona"] or NONE), one["route"]),
                    *(_share(one["use"]), _share(one["satisfaction"])),
                    "little used and mediocre" if one["wanting"] else "",
                )
                for one in content["options"]
            ),
        ],
    )
    yield from _titled(
        "stated",
        [
            ("agreement", "", _share(content["stated"]["agreement"])),
            *(
                (one["inferred"], one["stated"], str(one["conversations"]))
                for one in content["stated"]["pairs"]
            ),
        ],
    )


def _measured(one: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(one["visits"]), *(_share(one[name]) for name in RATES))


def _share(rate: Mapping[str, Any]) -> str:
    if rate["share"] is None:
        return f"{_FEW} ({rate['cases']})"
    low, high = rate["interval"]
    return f"{100 * rate['share']:.0f} % ({100 * low:.0f}–{100 * high:.0f})"


def _titled(title: str, rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield ""
    yield title
    # Ids come from outside: a line break or an escape sequence in one is not to be obeyed.
    plain = [["".join(c if c.isprintable() else "?" for c in cell) for cell in r] for r in rows]
    widths = [max(map(len, column)) for column in zip(*plain, strict=True)]
    for row in plain:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
