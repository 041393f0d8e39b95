"""The page about calling customers names every setting, stage and limit that there is."""

from pathlib import Path
from typing import get_args

from persona_router.content import dial_out
from persona_router.content.dial_out import PROVIDERS, SETTINGS, read_dial_out
from persona_router.desk import call_reports, call_watch
from persona_router.handoff import dialling, twilio_http
from persona_router.handoff.dialling import Stage, is_running
from tests.docs.pages import blocks, names, page, rows, section


def test_dialling_lists_every_setting_with_its_default() -> None:
    text = section(page("dialling"), "Settings")
    column = "setting of `dial_out`"
    assert names(text, column) == set(SETTINGS)
    table = {row[column].strip("`"): row for row in rows(text, column, "meaning", "default")}
    assert table["longest_call"]["default"] == f"`{dial_out.LONGEST_CALL}`"
    assert table["url"]["default"] == f"`{dial_out.TWILIO}`"
    assert all(f"`{name}`" in table["provider"]["meaning"] for name in PROVIDERS)


def test_dialling_example_is_accepted(tmp_path: Path) -> None:
    (example,) = blocks(page("dialling"), "yaml")
    path = tmp_path / "endpoints.yml"
    path.write_text(example, encoding="utf-8")
    found = read_dial_out(path)
    assert found is not None
    assert (found.number, found.public_url) == ("+442079460112", None)


def test_dialling_lists_every_stage() -> None:
    table = rows(section(page("dialling"), "How a call goes"), "stage", "ends as")
    assert {row["stage"].strip("`"): row["ends as"] == "end" for row in table} == {
        stage: not is_running(stage) for stage in get_args(Stage)
    }


def test_dialling_gives_the_limits_that_hold() -> None:
    text = " ".join(page("dialling").split())
    assert f"the agent's phone rings, for {dialling.RING_AGENT} seconds" in text
    assert f"the customer's phone rings, for {dialling.RING_CUSTOMER} seconds" in text
    assert f"asks Twilio every {call_watch.ASK_SECONDS:.0f} seconds" in text
    assert f"asks every {call_watch.ASK_SECONDS_BESIDE_REPORTS:.0f} seconds" in text
    assert f"questions wait for {call_watch.AGAIN_SECONDS:.0f} seconds" in text
    assert f"none within {twilio_http.READ_SECONDS:.0f} seconds" in text
    assert f"above {call_reports.LARGEST_BODY // 1024} KiB" in text
    assert dialling.REPORTS in text
    assert call_watch.PLACED_SECONDS == 60
