"""What operations see of who is there, and when."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from persona_router.content.policies import DEFAULT_POLICY
from tests.desk.conftest import Desk, opened_desk

NIGHT = {
    "locales": ["de", "tr"],
    "team": "Nachtdienst",
    "intents": ["complaint"],
    "number": "+49 30 23125 112",
    "timezone": "Europe/Berlin",
    "hours": {"mon-sun": ["22:00-06:00"]},
}
NEVER = {"locales": ["ar"], "timezone": "Asia/Dubai", "hours": {}}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    policy = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    policy["routes"]["agent"]["services"] = [NIGHT, NEVER]
    policy["intents"] = {"complaint": {"served_by": ["agent", "phone"]}}
    file = tmp_path / "project" / "data" / "routing.yml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump(policy), encoding="utf-8")
    with opened_desk(tmp_path, tmp_path / "project") as opened:
        yield opened


@pytest.mark.parametrize(
    ("at", "language", "told"),
    [
        pytest.param(1795471200, "de", "Geöffnet bis Dienstag 06:00 (Europe/Berlin)", id="open"),
        pytest.param(
            1795434000, "de", "Geschlossen; öffnet Montag 22:00 (Europe/Berlin)", id="shut"
        ),
        pytest.param(
            1795434000, "en", "Closed; opens Monday 10:00\u202fPM (Europe/Berlin)", id="en"
        ),
    ],
)
def test_operations_see_the_hours_of_the_policy(
    desk: Desk, at: int, language: str, told: str
) -> None:
    desk.clock.ahead = at - desk.clock()
    page = desk.agent("Nour", roles="operations").get(f"/operations?lang={language}").text
    assert told in page
    assert "Nachtdienst" in page
    assert "Deutsch, Türkçe" in page
    assert '<bdi dir="ltr">+49 30 23125 112</bdi>' in page


def test_operations_see_who_has_no_hours_at_all(desk: Desk) -> None:
    page = desk.agent("Nour", roles="operations").get("/operations?lang=ar").text
    assert "مغلق حاليًا" in page


def test_team_of_the_policy_stands_at_what_waits_for_it(desk: Desk) -> None:
    amira = desk.agent(team="Retouren")
    desk.hire("jana", team="Nachtdienst")
    desk.ask("c1", intent="complaint")
    desk.ask("c2", intent="track_order")
    page = amira.get("/?lang=de").text
    assert page.count("Gruppe Nachtdienst") == 1
