from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.content.connectors import (
    ChatwootSettings,
    Connector,
    WebhookSettings,
    ZammadSettings,
    connector_faults,
    read_connector,
)
from persona_router.content.errors import ContentError, ContentWarning

CHATWOOT = {
    "provider": "chatwoot",
    "url": "https://chat.example/",
    "account": 3,
    "inbox": "Ab12",
    "token": "${CHATWOOT_TOKEN}",
    "webhook_secret": "${CHATWOOT_WEBHOOK_SECRET}",
}
ZAMMAD = {
    "provider": "zammad",
    "url": "https://help.example",
    "group": "Chat",
    "customer": "chat@shop.example",
    "token": "${ZAMMAD_TOKEN}",
    "webhook_secret": "${ZAMMAD_WEBHOOK_SECRET}",
}
WEBHOOK = {
    "provider": "webhook",
    "url": "https://desk.example/hooks",
    "signing_secret": "${HANDOFF_SIGNING_SECRET}",
    "webhook_secret": "${HANDOFF_WEBHOOK_SECRET}",
}


@pytest.fixture
def endpoints(tmp_path: Path) -> Path:
    return tmp_path / "endpoints.yml"


def written(endpoints: Path, settings: Any) -> Path:
    endpoints.write_text(yaml.safe_dump({"handoff": settings}), encoding="utf-8")
    return endpoints


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "# nothing\n",
        "action_endpoint: {url: http://x}\n",
        "handoff: {provider: embedded}",
    ],
)
def test_embedded_desk_is_the_default(endpoints: Path, content: str | None) -> None:
    if content is not None:
        endpoints.write_text(content, encoding="utf-8")
    assert read_connector(endpoints) == Connector(provider="embedded")


def test_sample_assistant_chooses_the_embedded_desk() -> None:
    assert read_connector(Path("endpoints.yml")).provider == "embedded"


def test_chatwoot_is_read(endpoints: Path) -> None:
    found = read_connector(written(endpoints, {**CHATWOOT, "fall_back_after": 60}))
    assert isinstance(found.settings, ChatwootSettings)
    assert (found.settings.url, found.settings.account) == ("https://chat.example", 3)
    assert (found.fall_back_after, found.catch_up_every, found.language) == (60.0, 30.0, "en")
    assert [v.name for v in found.variables] == ["CHATWOOT_TOKEN", "CHATWOOT_WEBHOOK_SECRET"]


def test_zammad_is_read(endpoints: Path) -> None:
    found = read_connector(written(endpoints, ZAMMAD)).settings
    assert isinstance(found, ZammadSettings)
    assert (found.group, found.closed_states) == ("Chat", ("closed", "merged"))


def test_webhook_is_read(endpoints: Path) -> None:
    found = read_connector(written(endpoints, WEBHOOK)).settings
    assert isinstance(found, WebhookSettings)
    assert found.allow_private_network is False


@pytest.mark.parametrize(
    ("settings", "change", "told"),
    [
        (CHATWOOT, {"provider": "zendesk"}, "Choose one of embedded, chatwoot, zammad, webhook."),
        (CHATWOOT, {"provider": None}, "handoff.provider: It is missing."),
        (CHATWOOT, {"url": "chat.example"}, "'chat.example' is no web address."),
        (CHATWOOT, {"url": "https://a:b@chat.example"}, "a user's name or password"),
        (CHATWOOT, {"url": "https://chat.example?x=1"}, "has more than a path"),
        (CHATWOOT, {"account": "three"}, "'three' is not a whole number."),
        (CHATWOOT, {"inbox": None}, "handoff.inbox: It is missing."),
        (CHATWOOT, {"tokn": "x"}, "Unknown key 'tokn'."),
        (CHATWOOT, {"fall_back_after": 1}, "Write 10 to 86400 seconds."),
        (CHATWOOT, {"catch_up_every": 0}, "Write 5 to 3600 seconds."),
        (ZAMMAD, {"customer": "chat"}, "'chat' is no e-mail address."),
        (ZAMMAD, {"closed_states": "closed"}, "'closed' is not a list."),
        (WEBHOOK, {"url": "http://10.0.0.7/hooks"}, "belongs to a private network"),
        (WEBHOOK, {"url": "https://localhost/hooks"}, "set allow_private_network: true"),
        ({"provider": "embedded"}, {"url": "https://x.example"}, "Unknown key 'url'."),
    ],
)
def test_faults_name_key_and_remedy(
    endpoints: Path, settings: dict[str, Any], change: dict[str, Any], told: str
) -> None:
    with pytest.raises(ContentError) as fault:
        read_connector(written(endpoints, {**settings, **change}))
    assert told in str(fault.value)
    assert str(fault.value).startswith(f"{endpoints}: handoff")


@pytest.mark.parametrize("key", ["token", "webhook_secret"])
@pytest.mark.parametrize("value", ["s3cr3t-value", "$TOKEN", "${TO KEN}", "x${TOKEN}"])
def test_secret_in_the_file_is_a_fault_that_does_not_show_it(
    endpoints: Path, key: str, value: str
) -> None:
    with pytest.raises(ContentError) as fault:
        read_connector(written(endpoints, {**CHATWOOT, key: value}))
    assert f'"${{{key.upper()}}}"' in str(fault.value)
    assert value not in str(fault.value)


def test_private_address_is_allowed_on_purpose(endpoints: Path) -> None:
    allowed = {**WEBHOOK, "url": "http://10.0.0.7/hooks", "allow_private_network": True}
    settings = read_connector(written(endpoints, allowed)).settings
    assert isinstance(settings, WebhookSettings)
    assert settings.allow_private_network


def test_missing_variable_is_a_fault_where_it_is_needed(endpoints: Path) -> None:
    token, _ = read_connector(written(endpoints, CHATWOOT)).variables
    assert token.value({"CHATWOOT_TOKEN": " t0ken "}) == "t0ken"
    with pytest.raises(ContentError, match="CHATWOOT_TOKEN is not set"):
        token.value({"CHATWOOT_TOKEN": " "})


def test_check_warns_of_missing_variables_and_plain_http(endpoints: Path) -> None:
    written(endpoints, {**CHATWOOT, "url": "http://chat.example"})
    found = list(connector_faults(endpoints, {"CHATWOOT_TOKEN": "t"}))
    assert [type(one) for one in found] == [ContentWarning, ContentWarning]
    assert "CHATWOOT_WEBHOOK_SECRET is not set" in str(found[0])
    assert "is not encrypted" in str(found[1])


def test_check_names_a_fault_once(endpoints: Path) -> None:
    (found,) = connector_faults(written(endpoints, {"provider": "fax"}), {})
    assert not isinstance(found, ContentWarning)
    assert "'fax' is no provider." in str(found)
