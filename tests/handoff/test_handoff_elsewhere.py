"""The whole way: from the action of the assistant to a desk elsewhere, which is down at first."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from persona_router.handoff.chatwoot import Chatwoot
from persona_router.handoff.message_relay import MessageRelay
from persona_router.handoff.provider import HandoffProvider
from persona_router.handoff.webhook import SignedWebhook
from persona_router.handoff.zammad import Zammad
from persona_router.rasa.handoff_actions import ActionEndHandoff, ActionHandoff
from tests.content.test_connectors import CHATWOOT, WEBHOOK, ZAMMAD
from tests.handoff import fake_chatwoot, fake_desk, fake_zammad
from tests.handoff.fake_rasa import FakeRasa
from tests.handoff.making import delivery, request, words
from tests.handoff.vendor import Vendor
from tests.handoff.world import TALK, World, text_of

DECISION = {
    "id": "d7",
    "locale": "tr",
    "spoken": "tr",
    "concern": "track_order",
    "plan": ["action_handoff"],
    "reasons": [{"code": "wish_agent", "values": {}}],
}


def chatwoot(server: Vendor) -> Chatwoot:
    return Chatwoot(
        url=server.url,
        account=fake_chatwoot.ACCOUNT,
        inbox=fake_chatwoot.INBOX,
        token=fake_chatwoot.TOKEN,
        webhook_secret=fake_chatwoot.WEBHOOK_SECRET,
        labels=words("en"),
    )


def zammad(server: Vendor) -> Zammad:
    return Zammad(
        url=server.url,
        group=fake_zammad.GROUP,
        customer=fake_zammad.CUSTOMER,
        token=fake_zammad.TOKEN,
        webhook_secret=fake_zammad.WEBHOOK_SECRET,
        closed_states=("closed",),
        labels=words("en"),
    )


def webhook(server: Vendor) -> SignedWebhook:
    return SignedWebhook(
        url=server.url,
        signing_secret=fake_desk.SIGNING_SECRET,
        webhook_secret=fake_desk.WEBHOOK_SECRET,
        allow_private_network=True,
    )


def heard_by_chatwoot(server: fake_chatwoot.FakeChatwoot) -> list[list[str]]:
    return [
        [m["content"] for m in server.messages(id, message_type=0)] for id in server.conversations
    ]


def heard_by_zammad(server: fake_zammad.FakeZammad) -> list[list[str]]:
    return [
        [a["body"] for a in server.articles if a["ticket_id"] == id and a["sender"] == "Customer"]
        for id in server.tickets
    ]


def heard_by_webhook(server: fake_desk.FakeDesk) -> list[list[str]]:
    heard: dict[str, list[str]] = {}
    for event in server.events.values():
        data = event["data"]
        said = [one["text"] for one in data.get("transcript", ()) if one["sender"] == "customer"]
        spoken = said[-1:] or [data[key] for key in ("text",) if key in data]
        heard.setdefault(data["handoff"], []).extend(spoken)
    return list(heard.values())


KINDS: Any = {
    "chatwoot": (CHATWOOT, fake_chatwoot.FakeChatwoot, chatwoot, heard_by_chatwoot),
    "zammad": (ZAMMAD, fake_zammad.FakeZammad, zammad, heard_by_zammad),
    "webhook": (WEBHOOK, fake_desk.FakeDesk, webhook, heard_by_webhook),
}


class Assistant:
    """An assistant whose turns run the real actions and publish the real events."""

    def __init__(self, rasa: FakeRasa) -> None:
        self.rasa = rasa
        self._relay = MessageRelay()

    def hears(self, text: str, id: str, action: Any = None) -> list[dict[str, Any]]:
        """Return what the turn says; the event is published when the turn is over, as Rasa does."""
        said = {"event": "user", "text": text, "message_id": id, "input_channel": "website"}
        self.rasa.append(TALK, {**said, "parse_data": {"routing": DECISION}})
        event = self.rasa.events[TALK][-1]
        dispatcher = CollectingDispatcher()
        if action is not None:
            events = self.rasa.events[TALK]
            slots = self.rasa.slots(TALK)
            latest = {"text": text, "routing": DECISION}
            tracker = Tracker(TALK, slots, latest, list(events), False, None, {}, "action_listen")
            for made in action.run(dispatcher, tracker, {}):
                self.rasa.append(TALK, made | {"timestamp": event["timestamp"]})
        self._relay.take({**event, "sender_id": TALK})
        return list(dispatcher.messages)


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    rasa = FakeRasa()
    yield rasa
    rasa.stop()


@pytest.fixture
def assistant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rasa: FakeRasa) -> Assistant:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "state").mkdir()
    return Assistant(rasa)


@pytest.fixture(params=KINDS)
def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, assistant: Assistant
) -> Iterator[tuple[Vendor, World, Callable[[], list[list[str]]]]]:
    settings, server_class, make, heard = KINDS[request.param]
    text = yaml.safe_dump({"handoff": settings})
    (tmp_path / "endpoints.yml").write_text(text, encoding="utf-8")
    server: Vendor = server_class()
    provider: HandoffProvider = make(server)
    yield server, World(tmp_path / "state", provider, assistant.rasa), lambda: heard(server)
    server.stop()
    assert server.violations == []


def test_desk_that_is_down_and_comes_back_gets_one_handoff_in_order(
    assistant: Assistant, elsewhere: Any
) -> None:
    server, world, heard = elsewhere
    server.always = 503
    (said,) = assistant.hears("Bir insanla görüşmek istiyorum", "m1", ActionHandoff())
    assert said["response"] == "utter_handoff_passed_on"
    assert world.status == "waiting"
    world.run(30)
    assistant.hears("Orada mısınız?", "m2")
    world.run(60)
    assert world.told() == [text_of("utter_handoff_delayed", "tr")]
    assistant.hears("Siparişim nerede?", "m3")
    server.always = None
    world.run(120)
    assert heard() == [
        ["Bir insanla görüşmek istiyorum", "Orada mısınız?", "Siparişim nerede?"],
    ]
    assert world.told()[1:] == [text_of("utter_handoff_reached", "tr")]
    assert world.queue.waiting() == ()


def test_desk_that_stays_down_leaves_the_customer_to_the_embedded_one(
    assistant: Assistant, elsewhere: Any
) -> None:
    server, world, heard = elsewhere
    server.always = 503
    assistant.hears("Bir insanla görüşmek istiyorum", "m1", ActionHandoff())
    world.run(310)
    assert world.told()[-1] == text_of("utter_handoff_moved", "tr")
    (handoff,) = world.queue.waiting()
    assert handoff.request.conversation == TALK
    (said,) = assistant.hears("Hâlâ bekliyorum", "m2", ActionHandoff())
    assert (said["response"], said["position"]) == ("utter_handoff_waiting", 1)
    server.always = None
    world.run(120)
    assert [words for words in heard() if "Hâlâ bekliyorum" in words] == []
    assert len(world.queue.waiting()) == 1


def test_while_the_desk_is_down_the_next_customer_is_told_at_once(
    assistant: Assistant, elsewhere: Any
) -> None:
    server, world, _ = elsewhere
    server.always = 503
    world.outbox.open(request("other"), world.provider.name)
    world.run(2)
    (said,) = assistant.hears("Bir insanla görüşmek istiyorum", "m1", ActionHandoff())
    assert said["response"] == "utter_handoff_delayed"
    world.run(30)
    assert world.told() == []


def test_customer_who_goes_back_and_asks_again_gets_a_second_handoff(
    assistant: Assistant, elsewhere: Any
) -> None:
    _, world, heard = elsewhere
    assistant.hears("Bir insanla görüşmek istiyorum", "m1", ActionHandoff())
    world.run()
    (said,) = assistant.hears("Asistana dön", "m2", ActionEndHandoff())
    assert said["response"] == "utter_handoff_ended"
    assert world.status is None
    assistant.hears("İade süresi ne kadar?", "m3")
    world.run()
    assistant.hears("Yine bir insan lütfen", "m4", ActionHandoff())
    world.run()
    assistant.hears("Merhaba?", "m5")
    world.run()
    conversations = heard()
    assert conversations[0][0] == "Bir insanla görüşmek istiyorum"
    assert conversations[1][-2:] == ["Yine bir insan lütfen", "Merhaba?"]
    assert "Asistana dön" not in conversations[0]


def test_setting_that_cannot_be_used_costs_nobody_the_person(
    assistant: Assistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "endpoints.yml").write_text("handoff: {provider: fax}", encoding="utf-8")
    (said,) = assistant.hears("Bir insanla görüşmek istiyorum", "m1", ActionHandoff())
    assert (said["response"], said["position"]) == ("utter_handoff_waiting", 1)
    assert "'fax' is no provider." in caplog.text


def test_outbox_that_cannot_be_written_costs_nobody_the_person(
    assistant: Assistant, tmp_path: Path
) -> None:
    text = yaml.safe_dump({"handoff": CHATWOOT})
    (tmp_path / "endpoints.yml").write_text(text, encoding="utf-8")
    (tmp_path / "state" / "outbox.sqlite").mkdir()
    (said,) = assistant.hears("Bir insanla görüşmek istiyorum", "m1", ActionHandoff())
    assert said["response"] == "utter_handoff_waiting"
    (said,) = assistant.hears("Asistana dön", "m2", ActionEndHandoff())
    assert said["response"] == "utter_handoff_ended"


def test_agents_answer_reaches_the_customer_by_zammads_webhook(
    assistant: Assistant, tmp_path: Path
) -> None:
    text = yaml.safe_dump({"handoff": ZAMMAD})
    (tmp_path / "endpoints.yml").write_text(text, encoding="utf-8")
    server = fake_zammad.FakeZammad()
    world = World(tmp_path / "state", zammad(server), assistant.rasa)
    assistant.hears("Bir insanla görüşmek istiyorum", "m1", ActionHandoff())
    world.run()
    article = server.writes("<p>Merhaba, buyurun!</p>")
    for id in ("z1", "z1", "z2"):
        body, headers = server.signed(server.webhook(article), delivery=id)
        world.outbox.receive("zammad", world.provider.read(delivery(body, headers)))
    server.sets("closed")
    body, headers = server.signed(server.webhook(None), delivery="z3")
    world.outbox.receive("zammad", world.provider.read(delivery(body, headers)))
    world.run()
    server.stop()
    assert world.told() == [
        "Şu anda Emma Taylor ile görüşüyorsunuz.",
        "Merhaba, buyurun!",
        words("tr")("customer.released"),
    ]
    assert world.status is None
