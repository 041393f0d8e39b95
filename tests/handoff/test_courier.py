"""The courier between customer and Chatwoot: up, down, slow, wrong, and killed in between."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from persona_router.handoff import http
from persona_router.handoff.chatwoot import Chatwoot
from persona_router.handoff.provider import ProviderUnavailable, Reference
from tests.handoff.fake_chatwoot import (
    ACCOUNT,
    INBOX,
    INCOMING,
    TOKEN,
    WEBHOOK_SECRET,
    FakeChatwoot,
)
from tests.handoff.fake_rasa import FakeRasa
from tests.handoff.making import delivery, request, words
from tests.handoff.world import TALK, World, text_of

DELAYED, REACHED, MOVED = (
    text_of(f"utter_handoff_{name}", "de") for name in ("delayed", "reached", "moved")
)
CONNECTED = "Sie schreiben jetzt mit Amira."
RELEASED = words("de")("customer.released")


@pytest.fixture
def server() -> Iterator[FakeChatwoot]:
    server = FakeChatwoot()
    yield server
    server.stop()
    assert server.violations == []


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    rasa = FakeRasa()
    yield rasa
    rasa.stop()


@pytest.fixture
def world(tmp_path: Path, server: FakeChatwoot, rasa: FakeRasa) -> World:
    chatwoot = Chatwoot(
        url=server.url,
        account=ACCOUNT,
        inbox=INBOX,
        token=TOKEN,
        webhook_secret=WEBHOOK_SECRET,
        labels=words("en"),
    )
    return World(tmp_path, chatwoot, rasa)


def calls(world: World, server: FakeChatwoot, payload: Any, id: str = "d1") -> int:
    """Have Chatwoot's webhook come in."""
    body, headers = server.signed(payload, world.clock(), delivery=id)
    received = world.provider.read(delivery(body, headers, at=world.clock()))
    return world.outbox.receive("chatwoot", received)


def heard(server: FakeChatwoot) -> list[str]:
    """Return what agents read of the customer, in order."""
    return [m["content"] for m in server.messages(message_type=INCOMING)]


def test_conversation_goes_to_chatwoot_and_back(world: World, server: FakeChatwoot) -> None:
    world.hands_over()
    world.run()
    world.writes("Hallo?", "m3")
    world.run()
    calls(world, server, server.webhook(server.says("Guten Tag!")))
    world.run()
    assert heard(server) == ["Einen Menschen bitte!", "Hallo?"]
    assert world.told() == [CONNECTED, "Guten Tag!"]
    assert world.status == "connected"
    calls(world, server, server.status_webhook("resolved"), "d2")
    world.run()
    assert world.told()[2:] == [RELEASED]
    assert world.status is None
    assert world.outbox.unended() == 0


def test_second_handoff_is_another_conversation(world: World, server: FakeChatwoot) -> None:
    world.hands_over()
    world.run()
    calls(world, server, server.status_webhook("resolved"))
    world.run()
    world.hands_over()
    world.run()
    world.writes("Noch eine Frage", "m9")
    world.run()
    assert list(server.conversations) == [1, 2]
    assert server.messages(2, message_type=INCOMING)[-1]["content"] == "Noch eine Frage"


def test_provider_that_is_down_and_comes_back_gets_all_once_in_order(
    world: World, server: FakeChatwoot
) -> None:
    server.always = "refused"
    world.hands_over()
    world.run(5)
    assert world.told() == []
    world.writes("Hallo?", "m3")
    world.run(60)
    world.writes("Sind Sie da?", "m4")
    world.run(60)
    assert world.told() == [DELAYED]
    assert world.status == "waiting"
    tried = len(server.requests)
    server.always = None
    world.run(70)
    assert heard(server) == ["Einen Menschen bitte!", "Hallo?", "Sind Sie da?"]
    assert list(server.conversations) == [1]
    assert world.told() == [DELAYED, REACHED]
    assert tried <= 12


def test_short_trouble_is_not_worth_a_word(world: World, server: FakeChatwoot) -> None:
    world.hands_over()
    world.run()
    server.troubles = [503, 500]
    world.writes("Hallo?", "m3")
    world.run(20)
    assert heard(server)[-1] == "Hallo?"
    assert world.told() == []


@pytest.mark.parametrize("trouble", [500, "refused", "silence", (429, {}), b"<html>"])
def test_after_the_limit_the_embedded_desk_takes_over(
    world: World, server: FakeChatwoot, monkeypatch: pytest.MonkeyPatch, trouble: Any
) -> None:
    monkeypatch.setattr(http, "READ_SECONDS", 0.05)
    server.always = trouble
    id = world.hands_over()
    world.writes("Hallo?", "m3")
    world.run(299)
    assert world.queue.waiting() == ()
    world.run(4)
    (handoff,) = world.queue.waiting()
    assert (handoff.request.conversation, handoff.request.reason) == (TALK, "wish_agent")
    assert world.told() == [DELAYED, MOVED]
    assert world.status == "waiting"
    assert world.outbox.open_for(TALK) is None
    assert id != handoff.id
    world.run(60)
    assert len(world.queue.waiting()) == 1
    assert world.told() == [DELAYED, MOVED]


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_refusal_goes_to_the_embedded_desk_at_once(
    world: World, server: FakeChatwoot, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    server.always = status
    world.hands_over()
    world.run()
    assert len(world.queue.waiting()) == 1
    assert world.told() == [MOVED]
    assert f"HTTP {status}" in caplog.text
    assert "Menschen" not in caplog.text


def test_refused_message_takes_the_conversation_to_the_embedded_desk(
    world: World, server: FakeChatwoot
) -> None:
    world.hands_over()
    world.run()
    server.troubles = [422]
    world.writes("Hallo?", "m3")
    world.run()
    assert len(world.queue.waiting()) == 1
    assert server.conversations[1]["status"] == "resolved"
    assert "taken over elsewhere" in server.messages(private=True)[-1]["content"]


def test_provider_that_fails_in_the_middle_of_a_conversation_is_told_of(
    world: World, server: FakeChatwoot
) -> None:
    world.hands_over()
    world.run()
    calls(world, server, server.webhook(server.says("Guten Tag!")))
    world.run()
    server.always = 503
    world.writes("Hallo?", "m3")
    world.run(30)
    server.always = None
    world.run(60)
    assert world.told() == [CONNECTED, "Guten Tag!", DELAYED, REACHED]
    calls(world, server, server.webhook(server.says("Da bin ich wieder.")), "d2")
    world.run()
    assert (world.told()[-1], world.status) == ("Da bin ich wieder.", "connected")


def test_time_that_the_provider_asks_for_is_kept(world: World, server: FakeChatwoot) -> None:
    server.troubles = [(429, {"Retry-After": "45"})]
    world.hands_over()
    world.run(40)
    assert len(server.requests) == 1
    world.run(10)
    assert heard(server) == ["Einen Menschen bitte!"]
    assert world.told() == [DELAYED, REACHED]


def test_trouble_of_one_conversation_does_not_stop_the_others(
    world: World, server: FakeChatwoot
) -> None:
    world.hands_over()
    world.run()
    server.broken = "/conversations/1/"
    world.writes("Hallo?", "m3")
    world.run(5)
    world.outbox.open(request("other"), "chatwoot")
    world.run(5)
    assert server.messages(2, message_type=INCOMING)
    world.run(300)
    assert [one.request.conversation for one in world.queue.waiting()] == [TALK]


def test_withdrawn_handoff_of_unclear_outcome_leaves_no_orphan(
    world: World, server: FakeChatwoot
) -> None:
    world.courier = world.new_courier(fall_back_after=15.0)
    server.troubles = [None, "lost"]
    world.hands_over()
    world.run(1)
    server.always = "refused"
    world.run(16)
    assert len(world.queue.waiting()) == 1
    server.always = None
    world.run(90)
    (conversation,) = server.conversations.values()
    assert conversation["status"] == "resolved"
    assert world.outbox.unended() == 0


def test_customer_who_leaves_before_it_got_through_is_not_announced(
    world: World, server: FakeChatwoot
) -> None:
    server.always = "refused"
    world.hands_over()
    world.run(30)
    world.outbox.end(TALK)
    world.rasa.status_slot(TALK, None)
    server.always = None
    world.run(90)
    assert server.conversations == {}
    assert world.queue.waiting() == ()
    assert REACHED not in world.told()
    assert world.outbox.unended() == 0


def test_customer_who_leaves_is_reported_after_their_last_words(
    world: World, server: FakeChatwoot
) -> None:
    world.hands_over()
    world.run()
    world.writes("Danke, hat sich erledigt", "m3")
    world.outbox.end(TALK)
    world.rasa.status_slot(TALK, None)
    world.run()
    assert heard(server)[-1] == "Danke, hat sich erledigt"
    assert "gone back to the assistant" in server.messages()[-1]["content"]
    assert server.conversations[1]["status"] == "resolved"
    calls(world, server, server.status_webhook("resolved"))
    world.run()
    assert world.told() == []


def test_lost_webhooks_are_made_up_for(world: World, server: FakeChatwoot) -> None:
    world.hands_over()
    world.run()
    server.says("Guten Tag!")
    server.says("Sind Sie noch da?")
    world.run(40)
    assert world.told() == [CONNECTED, "Guten Tag!", "Sind Sie noch da?"]
    server.status_webhook("resolved")
    world.run(40)
    assert world.status is None
    assert world.outbox.health("chatwoot").missed == 3


def test_webhooks_and_asking_together_double_nothing(world: World, server: FakeChatwoot) -> None:
    world.hands_over()
    world.run()
    first, second = server.says("Eins"), server.says("Zwei")
    calls(world, server, server.webhook(second), "d2")
    calls(world, server, server.webhook(first), "d1")
    calls(world, server, server.webhook(first), "d1")
    calls(world, server, server.webhook(first), "retried")
    world.run(70)
    assert world.told() == [CONNECTED, "Eins", "Zwei"]


def test_resolved_that_overtakes_the_last_reply_does_not_lose_it(
    world: World, server: FakeChatwoot
) -> None:
    world.hands_over()
    world.run()
    last = server.says("Alles Gute!")
    calls(world, server, server.status_webhook("resolved"), "d2")
    world.run()
    calls(world, server, server.webhook(last), "d1")
    world.run()
    assert world.told() == [CONNECTED, "Alles Gute!", RELEASED]
    assert world.status is None


def test_conversation_that_was_opened_again_is_not_given_back(
    world: World, server: FakeChatwoot
) -> None:
    world.hands_over()
    world.run()
    payload = server.status_webhook("resolved")
    server.status_webhook("open")
    calls(world, server, payload)
    world.run()
    assert world.status == "waiting"
    assert RELEASED not in world.told()


def test_words_said_before_the_end_was_told_reach_the_agent(
    world: World, server: FakeChatwoot
) -> None:
    world.hands_over()
    world.run()
    payload = server.status_webhook("resolved")
    world.writes("Halt, noch etwas!", "m3")
    calls(world, server, payload)
    world.run(5)
    assert heard(server)[-1] == "Halt, noch etwas!"
    assert server.conversations[1]["status"] == "open"
    assert world.status == "waiting"


def test_late_reply_reaches_the_customer_without_silencing_the_assistant(
    world: World, server: FakeChatwoot
) -> None:
    world.hands_over()
    world.run()
    calls(world, server, server.status_webhook("resolved"))
    world.run()
    calls(world, server, server.webhook(server.says("Eins noch: Gruß")), "d2")
    world.run()
    assert world.told()[-1] == "Eins noch: Gruß"
    assert world.status is None


def test_another_agent_is_announced(world: World, server: FakeChatwoot) -> None:
    world.hands_over()
    world.run()
    calls(world, server, server.webhook(server.says("Ich hole Bela.")))
    bela = {"id": 8, "name": "Bela", "type": "user"}
    calls(world, server, server.webhook(server.says("Hier Bela.", sender=bela)), "d2")
    world.run()
    assert world.told() == [
        CONNECTED,
        "Ich hole Bela.",
        "Sie schreiben jetzt mit Bela.",
        "Hier Bela.",
    ]


def test_assistant_that_is_down_gets_replies_later_once(
    world: World, server: FakeChatwoot, rasa: FakeRasa
) -> None:
    world.hands_over()
    world.run()
    rasa.status = 503
    calls(world, server, server.webhook(server.says("Eins")))
    calls(world, server, server.webhook(server.says("Zwei")), "d2")
    world.run(20)
    assert world.told() == []
    rasa.status = 200
    world.run(70)
    assert world.told() == [CONNECTED, "Eins", "Zwei"]


def test_messages_that_no_event_told_are_made_up_for(
    world: World, server: FakeChatwoot, rasa: FakeRasa
) -> None:
    world.hands_over()
    world.run()
    rasa.append(TALK, {"event": "user", "text": "Wo ist 4471903?", "message_id": "m1",
                       "timestamp": 5.0})  # fmt: skip
    world.clock.forward(5_000_000)
    rasa.append(TALK, {"event": "user", "text": "Hört mich jemand?", "message_id": "m3",
                       "timestamp": 1_900_000_000.0})  # fmt: skip
    world.run(40)
    world.run(40)
    assert heard(server) == ["Einen Menschen bitte!", "Hört mich jemand?"]


@pytest.mark.parametrize("step", range(1, 12))
def test_courier_that_is_killed_anywhere_doubles_and_loses_nothing(
    world: World, server: FakeChatwoot, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    world.hands_over()
    world.writes("Hallo?", "m3")
    world.writes("Noch da?", "m4")
    call, count = http.VendorHttp.call, 0

    class Killed(BaseException):
        """What no except clause of the courier catches."""

    def deadly(self: http.VendorHttp, *args: Any, **options: Any) -> Any:
        nonlocal count
        answer = call(self, *args, **options)
        count += 1
        if count == step:
            raise Killed
        return answer

    monkeypatch.setattr(http.VendorHttp, "call", deadly)
    with pytest.raises(Killed):
        world.run(40)
    world.courier = world.new_courier()
    world.run(120)
    assert heard(server) == ["Einen Menschen bitte!", "Hallo?", "Noch da?"]
    assert list(server.conversations) == [1]
    assert len(server.messages(private=True)) == 1


def test_change_of_the_provider_moves_open_handoffs(world: World, server: FakeChatwoot) -> None:
    world.hands_over()
    world.run()

    class Other:
        name = "other"
        settle_seconds = 0.0

        def find(self, *_: Any, **__: Any) -> Reference | None:
            return None

        def news(self, *_: Any, **__: Any) -> None:
            raise ProviderUnavailable("nobody asks")

    world.courier = world.new_courier(provider=Other())
    world.writes("Hallo?", "m3")
    world.run()
    assert len(world.queue.waiting()) == 1
    assert world.told() == [MOVED]


def test_unreadable_answers_are_troubles_not_crashes(world: World, server: FakeChatwoot) -> None:
    world.hands_over()
    world.run()
    server.always = b'{"payload": 7}'
    world.run(40)
    server.always = None
    server.says("Guten Tag!")
    world.run(120)
    assert world.told()[-1] == "Guten Tag!"
