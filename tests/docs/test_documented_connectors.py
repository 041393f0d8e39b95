"""The page about other desks names every setting, event and limit that there is."""

import json
from dataclasses import fields

import pytest
import yaml

from persona_router.content import connectors
from persona_router.content.connectors import (
    PROVIDERS,
    ChatwootSettings,
    Settings,
    WebhookSettings,
    ZammadSettings,
    read_connector,
)
from persona_router.handoff import courier, http, signatures, webhook, webhooks, zammad
from tests.docs.pages import ROOT, blocks, names, page, rows, section
from tests.handoff.fake_desk import faults

KINDS: dict[str, tuple[str, type[Settings]]] = {
    "chatwoot": ("Chatwoot", ChatwootSettings),
    "zammad": ("Zammad", ZammadSettings),
    "webhook": ("Any other desk", WebhookSettings),
}


def test_connectors_lists_every_provider_and_common_setting() -> None:
    text = section(page("connectors"), "Settings")
    assert names(text, "setting of `handoff`") == set(connectors._COMMON)
    table = {row["setting of `handoff`"]: row for row in rows(text, "setting of `handoff`")}
    assert all(f"`{name}`" in table["`provider`"]["meaning"] for name in PROVIDERS)
    assert table["`fall_back_after`"]["default"] == f"`{connectors.FALL_BACK_AFTER:g}`"
    assert table["`catch_up_every`"]["default"] == f"`{connectors.CATCH_UP_EVERY:g}`"


@pytest.mark.parametrize("kind", KINDS)
def test_connectors_lists_every_setting_of_a_provider(kind: str) -> None:
    heading, settings = KINDS[kind]
    text = section(page("connectors"), heading)
    assert names(text, f"setting of `{kind}`") == {field.name for field in fields(settings)}


def test_connectors_example_is_accepted(tmp_path) -> None:
    (example,) = blocks(page("connectors"), "yaml")
    path = tmp_path / "endpoints.yml"
    path.write_text(example, encoding="utf-8")
    assert read_connector(path).provider == "chatwoot"
    assert list(yaml.safe_load(example)) == [connectors.KEY]


def test_connectors_lists_every_event() -> None:
    text = section(page("connectors"), "Any other desk")
    assert names(text, "taken") == set(webhook._DOINGS)
    schema = json.loads((ROOT / "docs" / "handoff-webhook.schema.json").read_text("utf-8"))
    for kind in ("sent", "taken"):
        described = {
            one["properties"]["type"]["const"] for one in schema["definitions"][kind]["oneOf"]
        }
        assert names(text, kind) == described
    (example,) = blocks(page("connectors"), "json")
    assert faults("taken", json.loads(example)) == []


def test_connectors_gives_the_limits_that_hold() -> None:
    text = " ".join(page("connectors").split())
    assert f"After {courier.TELL_AFTER:.0f} seconds customers read" in text
    assert f"{zammad.Zammad.settle_seconds:.0f} seconds later" in text
    assert f"more than {zammad.MOST_LINES} messages" in text
    assert f"within {http.READ_SECONDS:.0f} seconds" in text
    assert signatures.REPLAY_SECONDS == 5 * 60
    assert webhooks.LARGEST_BODY == 2**20
