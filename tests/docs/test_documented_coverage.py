"""The guide to coverage names every field, and shows what the command prints."""

import re
from datetime import date
from typing import Any

import pytest

from persona_router.commands.coverage import figures, measured
from persona_router.content.policies import read_policy
from tests.docs.pages import ROOT, blocks, names, page, section


@pytest.fixture(scope="module")
def printed() -> dict[str, Any]:
    policy = read_policy(ROOT / "data" / "routing.yml")
    return figures(measured(ROOT, policy, start=date(2026, 11, 22), days=14), policy)


def test_coverage_describes_every_field_of_the_json(printed: dict[str, Any]) -> None:
    assert names(section(page("coverage"), "JSON"), "field") == set(printed)


def test_coverage_describes_every_field_of_a_gap(printed: dict[str, Any]) -> None:
    written = names(section(page("coverage"), "JSON"), "field of a gap")
    assert written == set(printed["gaps"][0])


def test_coverage_shows_a_gap_as_it_is_printed(printed: dict[str, Any]) -> None:
    (example,) = blocks(page("coverage"), "text")
    (line,) = (line for line in example.splitlines() if line.startswith("- "))
    form = r"\w+ · \w+ · .+ \(\w+/\w+\): only .+, at which the \w+ fails; .+ \([^()]+ cells\)"
    assert re.fullmatch(form, line.removeprefix("- "))
    assert re.fullmatch(form, printed["gaps"][0]["sentence"])


def test_coverage_states_the_worst_fortnight_and_the_budget_of_the_sample() -> None:
    policy = read_policy(ROOT / "data" / "routing.yml")
    worst = measured(ROOT, policy, start=date(2026, 12, 24), days=14).empty
    text = " ".join(page("coverage").split())
    told = re.search(r"weeks over Christmas: (\d+) % are empty, its budget is (\d+) %", text)
    assert told is not None
    assert float(told[1]) == pytest.approx(worst * 100, abs=1)
    assert float(told[2]) == pytest.approx(policy.coverage_budget * 100)
    assert worst <= policy.coverage_budget
