"""What somebody opens, sends or is refused stands in the audit trail, before it is done."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.routing import Route

from persona_router.desk.access import Guarded
from persona_router.desk.audit_pages import DEEDS
from persona_router.desk.texts import load_texts
from persona_router.handoff.queue import Handoff
from persona_router.privacy.audit import NOBODY, Wanted
from tests.desk.conftest import ORIGIN, PASSWORD, Agent, Desk

NOBODY_NEEDS_TO_KNOW = {"/presence", "/handoffs/{id}/typing", "/replay"}


def kept(desk: Desk, **wanted: str) -> list[tuple[str, str, str, bool]]:
    """Return who did what to whom, the first deed first, and whether it was refused."""
    found = desk.app.state.audit.entries(Wanted(**wanted), limit=100)
    return [(one.who, one.deed, one.subject, one.refused) for one in reversed(found)]


def test_every_form_but_three_and_every_page_about_somebody_is_kept(desk: Desk) -> None:
    routes = [route for route in desk.app.routes if isinstance(route, Guarded)]
    silent = {route.path for route in routes if route.deed is None and "POST" in route.methods}
    assert silent == NOBODY_NEEDS_TO_KNOW
    deeds = {route.deed for route in routes} - {None}
    others = {"signed_in", "account_set_up", "customer_exported", "customer_erased",
              "old_data_deleted"}  # fmt: skip
    assert deeds | others == set(DEEDS)
    silent_pages = {
        route.path
        for route in routes
        if isinstance(route, Route) and route.deed is None and "{" in route.path
    } - NOBODY_NEEDS_TO_KNOW
    assert silent_pages <= {
        "/handoffs/{id}/lines", "/handoffs/{id}/events", "/handoffs/{id}/calling",
        "/personas/{id}.svg", "/personas/{id}",
    }  # fmt: skip


def test_deeds_have_words_in_every_language() -> None:
    for texts in load_texts().values():
        assert len({texts(f"audit.{deed}") for deed in DEEDS}) == len(DEEDS), texts.locale


def test_agents_work_is_kept_in_its_order(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    amira.post(f"/handoffs/{handoff.id}/priority", {"priority": "high"})
    amira.get(f"/handoffs/{handoff.id}")
    assert kept(desk, subject=handoff.id)[-2:] == [
        ("amira", "priority_changed", handoff.id, False),
        ("amira", "handoff_opened", handoff.id, False),
    ]


def test_who_asks_for_the_next_conversation_is_kept_with_the_one_they_got(
    desk: Desk, amira: Agent
) -> None:
    handoff = desk.ask()
    amira.post("/next")
    amira.post("/next")
    assert kept(desk, deed="next_asked_for") == [
        ("amira", "next_asked_for", handoff.id, False),
        ("amira", "next_asked_for", "", False),
    ]


def test_what_a_role_may_not_do_is_kept_as_refused(desk: Desk, amira: Agent) -> None:
    assert amira.get("/log/conversation?id=c1").status_code == 403
    assert amira.post("/people/amira/reset").status_code == 403
    assert kept(desk) == [
        ("amira", "log_conversation_opened", "c1", True),
        ("amira", "account_reset", "amira", True),
    ]


def test_sign_ins_are_kept_but_no_name_that_may_be_a_password(desk: Desk) -> None:
    desk.hire("jo")
    visitor = desk.visitor()

    def sign_in(login: str, password: str) -> int:
        token = visitor.csrf("/sign-in")
        fields = {"login": login, "password": password, "csrf": token}
        sent = visitor.client.post("/sign-in", data=fields, headers={"origin": ORIGIN})
        return int(sent.status_code)

    assert sign_in("jo", "wrong and long enough") == 403
    assert sign_in(PASSWORD, PASSWORD) == 403
    assert sign_in("jo", PASSWORD) == 303
    assert kept(desk) == [
        ("jo", "signed_in", "", True),
        (NOBODY, "signed_in", "", True),
        ("jo", "signed_in", "", False),
    ]


def test_nothing_is_shown_or_changed_while_the_trail_cannot_be_written(
    desk: Desk, amira: Agent, tmp_path: Path
) -> None:
    handoff = desk.ask()
    token = amira.csrf()
    (path,) = tmp_path.rglob("audit.sqlite")
    for file in path.parent.glob("audit.sqlite*"):
        file.unlink()
    path.mkdir()
    assert amira.get(f"/handoffs/{handoff.id}").status_code == 503
    claim = f"/handoffs/{handoff.id}/claim"
    sent = amira.client.post(claim, data={"csrf": token}, headers={"origin": ORIGIN})
    assert sent.status_code == 503
    assert desk.queue.get(handoff.id).status == "waiting"


@pytest.fixture
def admin(desk: Desk) -> Agent:
    return desk.agent("Root", roles="admin")


def test_page_shows_names_deeds_and_what_was_refused(desk: Desk, admin: Agent) -> None:
    amira = desk.agent("Amira")
    amira.get("/log/decisions/d%3Cb%3E1")
    desk.app.state.audit.note("command:olga", "customer_erased", "c1")
    page = admin.get("/audit").text
    assert "Decision opened" in page
    assert "refused" in page
    assert "d&lt;b&gt;1" in page
    assert ">Amira</bdi>" in page
    assert "by command" in page
    assert "حذف بيانات عميل" in admin.get("/audit?lang=ar").text


def test_page_is_filtered_and_goes_on_before_the_last_one_shown(desk: Desk, admin: Agent) -> None:
    for number in range(130):
        desk.app.state.audit.note("jo", "handoff_opened", f"h{number:03}")
    first = admin.get("/audit?who=jo&deed=handoff_opened").text
    assert "h129" in first
    assert "h029" not in first
    assert "/audit?who=jo&amp;deed=handoff_opened&amp;before=31" in first
    second = admin.get("/audit?who=jo&deed=handoff_opened&before=31").text
    assert "h029" in second
    assert "h030" not in second
    assert "Latest entries" in second


@pytest.mark.parametrize(
    "query", ["deed=vip", "since=yesterday", "before=x", "since=2026-02-02&until=2026-02-01",
              "who=" + "x" * 301]
)  # fmt: skip
def test_address_that_cannot_be_read_is_told(admin: Agent, query: str) -> None:
    assert admin.get(f"/audit?{query}").status_code == 422


def test_file_holds_every_entry_and_no_formula(desk: Desk, admin: Agent) -> None:
    for number in range(600):
        desk.app.state.audit.note("jo", "handoff_opened", "=1+1" if number == 0 else f"h{number}")
    sent = admin.get("/audit/export.csv?who=jo")
    rows = list(csv.DictReader(io.StringIO(sent.text)))
    assert len(rows) == 600
    assert rows[-1]["subject"] == "'=1+1"
    assert rows[0]["refused"] == "0"
    assert kept(desk, deed="audit_exported") == [("root", "audit_exported", "who=jo", False)]


def test_only_those_who_administer_read_it(desk: Desk) -> None:
    assert desk.agent("Olga", roles="operations agent trainer").get("/audit").status_code == 403
