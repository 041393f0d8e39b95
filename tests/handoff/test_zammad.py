"""The connector to Zammad, against a server that holds every call to what Zammad documents."""

from collections.abc import Iterator
from typing import Any

import pytest

from persona_router.handoff.provider import (
    ProviderRefused,
    ProviderUnavailable,
    Reference,
    WebhookRefused,
)
from persona_router.handoff.queue import Line
from persona_router.handoff.zammad import Zammad
from tests.handoff.fake_zammad import CUSTOMER, GROUP, TOKEN, WEBHOOK_SECRET, FakeZammad
from tests.handoff.making import NOW, delivery, handoff, said, words

CLOSED = ("closed", "merged")


@pytest.fixture
def server() -> Iterator[FakeZammad]:
    server = FakeZammad()
    yield server
    server.stop()
    assert server.violations == []


def connector(server: FakeZammad, **changes: Any) -> Zammad:
    values: dict[str, Any] = {
        "url": server.url,
        "group": GROUP,
        "customer": CUSTOMER,
        "token": TOKEN,
        "webhook_secret": WEBHOOK_SECRET,
        "closed_states": CLOSED,
        "labels": words("de"),
    }
    return Zammad(**{**values, **changes})


@pytest.fixture
def zammad(server: FakeZammad) -> Zammad:
    return connector(server)


def opened(zammad: Zammad, *, again: bool = False, **changes: Any) -> Reference:
    return zammad.open(handoff(**changes), again=again, kept="", keep=lambda _: None)


def test_open_makes_a_ticket_of_facts_and_transcript(server: FakeZammad, zammad: Zammad) -> None:
    reference = opened(zammad)
    (made,) = server.wrote("POST", "/tickets")
    assert (made["group"], made["customer_id"]) == (GROUP, "guess:chat@shop.example")
    assert made["title"].endswith("Deutsch · 3f2a9c00d1e2b3a4")
    facts, *lines = server.articles
    assert facts["internal"] is True
    for told in ("Möchte mit einem Menschen schreiben", "Deutsch (de-AT)", "81", "4471903", "d7"):
        assert told in facts["body"], told
    assert [(a["sender"], a["type"], a["internal"]) for a in lines] == [
        ("Customer", "chat", False),
        ("Agent", "note", True),
        ("Customer", "chat", False),
    ]
    assert lines[0]["body"] == "Wo ist 4471903?"
    assert lines[1]["body"].endswith(": Unterwegs.")
    assert server.tags == ["language-de", "persona-talker", "reason-wish_agent"]
    assert reference == Reference(id="11", last=str(lines[-1]["id"]))


def test_long_transcript_stands_in_the_first_article(server: FakeZammad, zammad: Zammad) -> None:
    lines = tuple(Line(sender="customer", text=f"Zeile {n}", at=NOW - 90 + n) for n in range(60))
    opened(zammad, transcript=lines)
    assert len(server.articles) == 1 + 40
    assert "Zeile 19" in server.articles[0]["body"]
    assert "Zeile 20" not in server.articles[0]["body"]
    assert server.articles[1]["body"] == "Zeile 20"


@pytest.mark.parametrize("lost", range(1, 8))
def test_open_that_lost_an_answer_is_repeated_without_doubling(
    server: FakeZammad, zammad: Zammad, lost: int
) -> None:
    server.troubles = [None] * (lost - 1) + ["lost"]
    with pytest.raises(ProviderUnavailable):
        opened(zammad)
    reference = opened(zammad, again=True)
    assert list(server.tickets) == [11]
    assert [a["body"] for a in server.articles if a["sender"] == "Customer"] == [
        "Wo ist 4471903?",
        "Einen Menschen bitte!",
    ]
    assert reference.last == str(server.articles[-1]["id"])


def test_find_is_not_deceived_by_another_ticket(server: FakeZammad, zammad: Zammad) -> None:
    opened(zammad)
    assert zammad.find(handoff(), kept="") == Reference(id="11")
    assert zammad.find(handoff(id="0000000000000000"), kept="") is None


def test_message_that_lost_its_answer_is_found_again(server: FakeZammad, zammad: Zammad) -> None:
    reference = opened(zammad)
    server.troubles = ["lost"]
    with pytest.raises(ProviderUnavailable):
        zammad.send(reference, said("Hallo?", "m3"), after=reference.last, again=False)
    first = zammad.send(reference, said("Hallo?", "m3"), after=reference.last, again=True)
    second = zammad.send(reference, said("Hallo?", "m4"), after=first, again=True)
    assert [str(a["id"]) for a in server.articles if a["body"] == "Hallo?"] == [first, second]


def test_close_tells_why_once_and_closes(server: FakeZammad, zammad: Zammad) -> None:
    reference = opened(zammad)
    server.troubles = [None, "lost"]
    with pytest.raises(ProviderUnavailable):
        zammad.close(reference, parting="moved", again=False)
    zammad.close(reference, parting="moved", again=True)
    assert server.tickets[11]["state"] == "closed"
    notes = [a for a in server.articles if a["body"].startswith("Dieses Gespräch wurde an anderer")]
    assert [note["internal"] for note in notes] == [True]


def test_news_are_public_articles_of_agents(server: FakeZammad, zammad: Zammad) -> None:
    reference = opened(zammad)
    server.writes("<div>Guten&nbsp;Tag,<br>das Paket ist <b>da</b>.</div><div>Emma</div>")
    server.writes("nur für uns", internal=True)
    server.writes("eine Mail", type="email")
    server.writes("der Kunde selbst", sender="Customer")
    last = server.writes("", attachments=[{"id": 1, "filename": "rechnung.pdf"}])
    news = zammad.news(reference, after=reference.last)
    assert news is not None
    assert [(e.agent, e.text) for e in news.events] == [
        ("Emma Taylor", "Guten Tag,\ndas Paket ist da.\nEmma"),
        ("Emma Taylor", "[rechnung.pdf]"),
    ]
    assert (news.resolved, news.cursor) == (False, str(last["id"]))
    server.sets("merged")
    later = zammad.news(reference, after=news.cursor)
    assert later is not None
    assert (later.events, later.resolved) == ((), True)


def test_webhook_of_a_reply_is_read_as_news_are(server: FakeZammad, zammad: Zammad) -> None:
    reference = opened(zammad)
    article = server.writes("<p>Hallo!</p>")
    received = zammad.read(delivery(*server.signed(server.webhook(article))))
    news = zammad.news(reference, after=reference.last)
    assert news is not None
    assert (received.id, received.events) == ("z1", news.events)


def test_webhook_shows_no_login(server: FakeZammad, zammad: Zammad) -> None:
    opened(zammad)
    article = server.writes("Hallo!")
    payload = server.webhook(article)
    payload["article"]["created_by"] = {"login": "emma@shop.example", "firstname": ""}
    (event,) = zammad.read(delivery(*server.signed(payload))).events
    assert event.agent is None


def test_webhooks_of_our_own_articles_and_notes_say_nothing(
    server: FakeZammad, zammad: Zammad
) -> None:
    opened(zammad)
    for article in [*server.articles, server.writes("intern", internal=True), None]:
        assert zammad.read(delivery(*server.signed(server.webhook(article)))).events == ()


def test_webhook_of_a_closed_ticket_ends_it_after_the_last_reply(
    server: FakeZammad, zammad: Zammad
) -> None:
    opened(zammad)
    article = server.writes("Gern geschehen!")
    server.sets("closed")
    events = zammad.read(delivery(*server.signed(server.webhook(article)))).events
    assert [event.kind for event in events] == ["reply", "resolved"]


@pytest.mark.parametrize("header", ["", "sha1=", "sha1=" + "0" * 40, "sha256=" + "0" * 64, "ü"])
def test_webhook_with_a_wrong_signature_is_refused(
    server: FakeZammad, zammad: Zammad, header: str
) -> None:
    body, headers = server.signed({"ticket": {"id": 1}})
    with pytest.raises(WebhookRefused, match="signature"):
        zammad.read(delivery(body, {**headers, "X-Hub-Signature": header}))


@pytest.mark.parametrize("payload", [{}, [], {"ticket": "x"}, {"ticket": {"id": "x"}}])
def test_webhook_of_another_shape_is_refused(
    server: FakeZammad, zammad: Zammad, payload: Any
) -> None:
    with pytest.raises(WebhookRefused, match="no webhook of Zammad"):
        zammad.read(delivery(*server.signed(payload)))


def test_wrong_token_is_refused_without_showing_it(server: FakeZammad) -> None:
    with pytest.raises(ProviderRefused, match="refuses the token") as refusal:
        opened(connector(server, token="geheim"))
    assert "geheim" not in str(refusal.value)


def test_deleted_ticket_takes_no_message(server: FakeZammad, zammad: Zammad) -> None:
    with pytest.raises(ProviderRefused, match="HTTP 422"):
        zammad.send(Reference(id="99"), said("Hallo?", "m3"), after="", again=False)


def test_check_names_states_that_do_not_exist(server: FakeZammad) -> None:
    assert connector(server).check() == ("The token is accepted.",)
    told = connector(server, closed_states=("erledigt",)).check()[1]
    assert told == "No ticket state is called erledigt: mend closed_states."
