"""What no request may do, whatever the page."""

import re

import pytest

from persona_router.handoff.queue import QueueUnavailable
from tests.desk.conftest import ORIGIN, Agent, Desk


def test_token_of_another_agent_is_refused(desk: Desk, amira: Agent, zoe: Agent) -> None:
    id = desk.ask().id
    assert amira.post(f"/handoffs/{id}/claim", {"csrf": zoe.csrf()}).status_code == 403


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "http://testserver.evil"])
def test_forms_of_other_sites_are_refused(desk: Desk, amira: Agent, origin: str) -> None:
    id = desk.ask().id
    response = amira.post(f"/handoffs/{id}/claim", origin=origin)
    assert response.status_code == 403
    assert "another website" in response.text
    assert desk.queue.get(id).status == "waiting"


def test_every_answer_carries_the_security_headers(desk: Desk, amira: Agent) -> None:
    answers = [
        amira.get("/"),
        amira.get("/nowhere"),
        amira.get("/static/desk.js"),
        desk.visitor().get("/"),
        desk.visitor().get("/health"),
        amira.post("/sign-out", origin="null"),
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
    assert amira.get("/").headers["cache-control"] == "no-store"


def test_pages_hold_no_inline_script_or_style(desk: Desk, amira: Agent) -> None:
    id = desk.ask().id
    for path in ("/", f"/handoffs/{id}", "/nowhere"):
        page = amira.get(path).text
        assert "<script>" not in page
        assert "style=" not in page
        assert not re.search(r"<[^>]*\son\w+=", page)
        assert "//" not in page.replace("/>", "")


def test_body_over_64_kib_is_refused(amira: Agent) -> None:
    response = amira.post("/sign-out", {"x": "y" * 65_536})
    assert response.status_code == 413


def test_body_of_another_type_is_refused(amira: Agent) -> None:
    headers = {"origin": ORIGIN, "content-type": "application/json"}
    response = amira.client.post("/sign-out", content=b"{}", headers=headers)
    assert response.status_code == 415
    assert response.json() == {
        "ok": False,
        "error": "The desk cannot read this form. Please reload the page and try again.",
    }


@pytest.mark.parametrize("body", [b"\xff\xfe", b"csrf=%ff", b"&".join([b"a=b"] * 21)])
def test_body_that_is_no_form_is_refused(amira: Agent, body: bytes) -> None:
    headers = {"origin": ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    assert amira.client.post("/sign-out", content=body, headers=headers).status_code == 400


def test_signed_out_part_sends_the_browser_to_sign_in(desk: Desk) -> None:
    response = desk.visitor().get("/queue", **{"hx-request": "true"})
    assert (response.status_code, response.headers["hx-redirect"]) == (401, "/sign-in")


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/handoffs/vip", 404), ("/static/../app.py", 404)]
)
def test_unknown_pages_are_404(amira: Agent, path: str, status: int) -> None:
    assert amira.get(path).status_code == status


def test_queue_that_cannot_be_read_is_503_without_its_path(desk: Desk, amira: Agent) -> None:
    desk.queue.path.write_bytes(b"garbage " * 1000)
    with pytest.raises(QueueUnavailable):
        desk.queue.waiting()
    response = amira.get("/")
    assert response.status_code == 503
    assert "cannot be read or written" in response.text
    assert str(desk.queue.path.parent) not in response.text


def test_unforeseen_error_shows_no_traceback(
    desk: Desk, amira: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(desk.queue, "waiting", broken)
    response = amira.get("/")
    assert response.status_code == 500
    assert "Something unexpected happened" in response.text
    assert "secret detail" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["x-frame-options"] == "DENY"


def test_health_answers_anybody(desk: Desk) -> None:
    assert desk.visitor().get("/health").json() == {"ok": True}
