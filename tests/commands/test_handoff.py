import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.cli import main
from persona_router.handoff.outbox import open_outbox
from persona_router.handoff.outbox_work import OutboxWork
from persona_router.handoff.provider import News
from persona_router.handoff.sqlite import open_queue
from tests.content.test_connectors import CHATWOOT
from tests.handoff.fake_chatwoot import ACCOUNT, INBOX, TOKEN, FakeChatwoot
from tests.handoff.making import request


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path / "state"))
    return tmp_path


def chosen(project: Path, **changes: Any) -> None:
    settings = {"handoff": {**CHATWOOT, **changes}}
    (project / "endpoints.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def test_handoff_without_another_desk_tells_of_the_embedded_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_queue().add(request("c1"))
    assert main(["handoff"]) == 0
    assert capsys.readouterr().out == (
        "provider   embedded\ndesk       1 wait at the embedded desk\n"
    )
    assert not (project / "state" / "outbox.sqlite").exists()


def test_handoff_tells_what_waits_and_quotes_nobody(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen(project)
    open_outbox().open(request("c1"), "chatwoot")
    assert main(["handoff"]) == 0
    told = capsys.readouterr().out
    assert "provider   chatwoot at https://chat.example" in told
    assert "webhooks   none came yet" in told
    assert "waiting    1 × open, the oldest for" in told
    assert "4471903" not in told


def test_handoff_fails_while_the_desk_elsewhere_does(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen(project)
    work = OutboxWork(open_outbox())
    work.failed("chatwoot", "https://chat.example is unreachable.", time.time() + 30)
    assert main(["handoff"]) == 1
    told = capsys.readouterr().out
    assert "failed 1 × since it last answered: https://chat.example is unreachable." in told
    assert "is left alone for another" in told


def test_handoff_fails_while_webhooks_do_not_come(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen(project)
    outbox = open_outbox()
    relay = outbox.open(request("c1"), "chatwoot")
    news = News(events=(), resolved=False, cursor="", fault="Chatwoot refuses to call.")
    OutboxWork(outbox).asked(relay, news, time.time())
    assert main(["handoff"]) == 1
    assert "Chatwoot refuses to call." in capsys.readouterr().out


def test_handoff_test_asks_the_desk_elsewhere(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = FakeChatwoot()
    chosen(project, url=server.url, account=ACCOUNT, inbox=INBOX)
    monkeypatch.setenv("CHATWOOT_TOKEN", TOKEN)
    monkeypatch.setenv("CHATWOOT_WEBHOOK_SECRET", "s")
    assert main(["handoff", "--test"]) == 0
    assert "test       The inbox is 'Chat'." in capsys.readouterr().out
    monkeypatch.setenv("CHATWOOT_TOKEN", "another")
    assert main(["handoff", "--test"]) == 1
    server.stop()
    told = capsys.readouterr().out
    assert "refuses the token" in told
    assert "another" not in told


def test_handoff_names_a_missing_secret_in_one_line(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen(project)
    assert main(["handoff", "--test"]) == 2
    assert "CHATWOOT_TOKEN is not set" in capsys.readouterr().err


def test_handoff_names_an_outbox_that_cannot_be_read(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen(project)
    (project / "state").mkdir()
    (project / "state" / "outbox.sqlite").write_text("no database " * 900, encoding="utf-8")
    assert main(["handoff"]) == 2
    assert "not a readable handoff outbox" in capsys.readouterr().err
