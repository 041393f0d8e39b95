import subprocess
import sys
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.content.errors import ContentError
from persona_router.content.files import read_yaml
from persona_router.content.opening_hours import read_hours
from persona_router.content.policies import DEFAULT_POLICY
from persona_router.core.hours import Hours

ALWAYS = {"timezone": "Europe/Berlin", "hours": {"mon-sun": ["00:00-24:00"]}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "service.yml"


def hours_of(file: Path, **fields: Any) -> Hours:
    file.write_text(yaml.safe_dump({**ALWAYS, **fields}), encoding="utf-8")
    hours = read_hours(read_yaml(file))
    assert hours is not None
    return hours


def fault(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_hours(read_yaml(file))
    return str(caught.value).removeprefix(f"{file}: ")


@pytest.mark.parametrize(
    ("place", "day", "closed"),
    [
        pytest.param("DE", date(2026, 12, 25), True, id="christmas"),
        pytest.param("DE", date(2026, 12, 24), False, id="no-holiday-before-it"),
        pytest.param("DE", date(2031, 10, 3), True, id="five-years-on"),
        pytest.param("DE", date(2027, 3, 8), False, id="not-everywhere"),
        pytest.param("DE-BE", date(2027, 3, 8), True, id="in-one-part"),
        pytest.param("GB-ENG", date(2026, 12, 28), True, id="in-place-of-a-saturday"),
        pytest.param("AE", date(2026, 12, 2), True, id="gulf"),
        pytest.param("AE", date(2026, 12, 25), False, id="no-christmas"),
        pytest.param("TR", date(2027, 4, 23), True, id="turkey"),
    ],
)
def test_service_is_closed_on_the_public_holidays_of_its_place(
    file: Path, place: str, day: date, closed: bool
) -> None:
    hours = hours_of(file, holidays=place)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)
    assert hours.is_open(noon) is not closed
    assert (day in hours.closed_on) is closed


def test_closed_dates_come_on_top_of_the_holidays(file: Path) -> None:
    hours = hours_of(file, holidays="DE", closed_on=[date(2026, 12, 24)])
    closed = [day for day in range(23, 28) if date(2026, 12, day) in hours.closed_on]
    assert closed == [24, 25, 26]


def test_service_opens_after_the_holidays(file: Path) -> None:
    hours = hours_of(file, holidays="PL", hours={"mon-sun": ["08:00-20:00"]})
    opening = hours.next_opening(datetime.fromisoformat("2026-12-23T21:00+01:00"))
    assert opening is not None
    assert opening.isoformat() == "2026-12-27T08:00:00+01:00"


def test_same_places_are_equal_and_different_ones_not(file: Path) -> None:
    assert hours_of(file, holidays="DE") == hours_of(file, holidays="DE")
    assert hours_of(file, holidays="DE") != hours_of(file, holidays="DE-BE")


def test_what_is_no_date_is_no_closed_day(file: Path) -> None:
    assert "2026-12-25" not in hours_of(file, holidays="DE").closed_on


SERVICE = "timezone: Europe/Berlin\nhours: {mon: ['09:00-17:00']}\n"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "holidays: germany",
            "holidays: 'germany' is no country. "
            "Write an ISO 3166 code such as DE, or DE-BE for a part of it.",
        ),
        (
            "holidays: de",
            "holidays: 'de' is no country. "
            "Write an ISO 3166 code such as DE, or DE-BE for a part of it.",
        ),
        ("holidays: NO", "holidays: 'NO' is read as false. Put it in quotes: \"NO\"."),
        ("holidays: [DE, AT]", "holidays: '['DE', 'AT']' is not text. Write text here."),
        (
            "holidays: GB-XX",
            "holidays: The holidays of 'GB-XX' are not known. "
            "Known: GB-ENG, GB-NIR, GB-SCT, GB-WLS.",
        ),
        (
            "holidays: AE-DU",
            "holidays: The holidays of 'AE-DU' are not known. "
            "Write AE: it has no parts of its own.",
        ),
    ],
)
def test_faults_name_what_is_wrong_and_the_remedy(file: Path, line: str, text: str) -> None:
    assert fault(file, SERVICE + line) == text


def test_unknown_country_is_answered_with_the_known_ones(file: Path) -> None:
    said = fault(file, SERVICE + "holidays: XX")
    assert said.startswith("holidays: The holidays of 'XX' are not known. Known: AD, AE, AF, AG,")
    assert " DE, " in said
    assert said.endswith(" ZM, ZW.")


@pytest.mark.parametrize("line", ["holidays: DE", "closed_on: [2026-12-24]"])
def test_closed_days_without_hours_are_a_fault(file: Path, line: str) -> None:
    key = line.partition(":")[0]
    assert fault(file, f"locales: [de]\n{line}") == (
        f"{key}: It closes nothing where there are no hours. "
        'Write hours too, such as {mon-sun: ["00:00-24:00"]}.'
    )


def test_calendars_are_loaded_only_for_policies_that_name_a_country() -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from persona_router.content.policies import read_policy\n"
        f"read_policy(Path({str(DEFAULT_POLICY)!r}))\n"
        "print('holidays' in sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout == "False\n"
