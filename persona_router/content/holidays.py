"""Public holidays of a country or a part of it, as dates on which a service is closed."""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from persona_router.content.files import Node

_CODE = re.compile(r"(?P<country>[A-Z]{2})(?:-(?P<part>[A-Z0-9]{1,3}))?")


@dataclass(frozen=True, kw_only=True)
class ClosedDays(Container[date]):
    """The named dates, and the public holidays of a place in whatever year is asked about."""

    dates: frozenset[date]
    country: str
    part: str | None = None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and (
            day in self.dates or day in _holidays(self.country, self.part, day.year)
        )


def closed_days(node: Node, dates: frozenset[date]) -> Container[date]:
    """Return `dates` and the holidays that a service's mapping names at `holidays`, if any.

    Raises ContentError for an unknown country or part, with the known ones.
    """
    if "holidays" not in node.values:
        return dates
    written = node.values["holidays"]
    if written is False:  # YAML reads Norway's code as "no"
        what = "'NO' is read as false."
        raise node.fault("holidays", what, 'Put it in quotes: "NO".')
    matched = _CODE.fullmatch(code := node.get("holidays", str))
    if matched is None:
        remedy = "Write an ISO 3166 code such as DE, or DE-BE for a part of it."
        raise node.fault("holidays", f"'{code}' is no country.", remedy)
    country, part = matched["country"], matched["part"]
    parts = _places().get(country)
    if parts is None:
        remedy = f"Known: {', '.join(sorted(_places()))}."
        raise node.fault("holidays", f"The holidays of '{country}' are not known.", remedy)
    if part is not None and part not in parts:
        known = ", ".join(f"{country}-{name}" for name in parts)
        remedy = f"Known: {known}." if known else f"Write {country}: it has no parts of its own."
        raise node.fault("holidays", f"The holidays of '{code}' are not known.", remedy)
    return ClosedDays(dates=dates, country=country, part=part)


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[str, ...]]:
    """Return the parts of each known country by code, those that the policy's form can name."""
    # Loading the calendars takes longer than the rest of a policy, and many policies name none.
    from holidays import list_supported_countries

    return {
        country: tuple(part for part in parts if _CODE.fullmatch(f"{country}-{part}"))
        for country, parts in list_supported_countries(include_aliases=False).items()
    }


# A year at a time, when it is first asked about: an assistant that runs over New Year needs no
# restart, and two threads that ask at once each see a whole year.
@lru_cache(maxsize=1024)
def _holidays(country: str, part: str | None, year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays(country, subdiv=part, years=year))
