from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.commands.check import all_faults
from persona_router.content.dial_out import DialOut, dial_out_faults, read_dial_out
from persona_router.content.errors import ContentError, ContentWarning

TODAY = date(2026, 11, 23)
ACCOUNT = "AC" + "0a" * 16
TWILIO = {
    "provider": "twilio",
    "account": ACCOUNT,
    "token": "${TWILIO_AUTH_TOKEN}",
    "from": "+44 20 7946 0112",
}


@pytest.fixture
def endpoints(tmp_path: Path) -> Path:
    return tmp_path / "endpoints.yml"


def written(endpoints: Path, **changes: Any) -> Path:
    settings = {key: value for key, value in {**TWILIO, **changes}.items() if value is not None}
    endpoints.write_text(yaml.safe_dump({"dial_out": settings}), encoding="utf-8")
    return endpoints


def read(endpoints: Path, **changes: Any) -> DialOut:
    found = read_dial_out(written(endpoints, **changes))
    assert found is not None
    return found


@pytest.mark.parametrize("content", [None, "", "# no\n", "handoff: {provider: embedded}\n"])
def test_without_the_key_nothing_dials(endpoints: Path, content: str | None) -> None:
    if content is not None:
        endpoints.write_text(content, encoding="utf-8")
    assert read_dial_out(endpoints) is None
    assert list(dial_out_faults(endpoints, {})) == []


def test_sample_assistant_does_not_dial() -> None:
    assert read_dial_out(Path("endpoints.yml")) is None


def test_twilio_is_read_with_its_defaults(endpoints: Path) -> None:
    found = read(endpoints)
    assert (found.provider, found.account, found.number) == ("twilio", ACCOUNT, "+442079460112")
    assert (found.longest_call, found.public_url) == (3600, None)
    assert (found.url, found.allow_private_network) == ("https://api.twilio.com", False)
    assert [one.name for one in found.variables] == ["TWILIO_AUTH_TOKEN"]


def test_account_may_stand_in_a_variable_too(endpoints: Path) -> None:
    found = read(endpoints, account="${TWILIO_ACCOUNT_SID}")
    assert [one.name for one in found.variables] == ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"]


def test_addresses_lose_the_slash_at_their_end(endpoints: Path) -> None:
    found = read(
        endpoints,
        public_url="https://desk.example/help/",
        url="https://api.dublin.ie1.twilio.com/",
        longest_call=600,
    )
    assert found.public_url == "https://desk.example/help"
    assert (found.url, found.longest_call) == ("https://api.dublin.ie1.twilio.com", 600)


def test_private_address_of_the_service_is_allowed_on_purpose(endpoints: Path) -> None:
    found = read(endpoints, url="http://127.0.0.1:8080", allow_private_network=True)
    assert found.url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"provider": "vonage"}, "provider: 'vonage' is no telephone service. Choose one of twil"),
        ({"provider": None}, "dial_out.provider: It is missing."),
        ({"account": "SK123"}, "dial_out.account: 'SK123' is no account SID. Write AC and 32"),
        ({"account": None}, "dial_out.account: It is missing."),
        ({"from": "020 7946 0112"}, "dial_out.from: '020 7946 0112' is no international number."),
        ({"from": "+44 20"}, "dial_out.from: '+44 20' is too short or too long."),
        ({"from": "+44 20 7946 0112 ext. 5"}, "has an extension, which cannot be dialled."),
        ({"from": 442079460112}, "dial_out.from: '442079460112' is not text."),
        ({"from": None}, "dial_out.from: It is missing."),
        ({"longest_call": 30}, "dial_out.longest_call: 30 is outside 60 to 14400."),
        ({"longest_call": "1 h"}, "dial_out.longest_call: '1 h' is not a whole number."),
        ({"url": "api.twilio.com"}, "dial_out.url: 'api.twilio.com' is no web address."),
        ({"url": "http://10.0.0.7"}, "dial_out.url: '10.0.0.7' belongs to a private network."),
        ({"url": "https://u:p@api.example"}, "dial_out.url: It holds a user's name or password."),
        ({"public_url": "https://localhost"}, "Write the desk's address in the internet"),
        (
            {"public_url": "http://192.168.0.9", "allow_private_network": True},
            "dial_out.public_url: '192.168.0.9' belongs to a private network.",
        ),
        ({"public_url": "https://d.example?x"}, "'https://d.example?x' has more than a path."),
        ({"allow_private_network": "yes!"}, "'yes!' is not true or false."),
        ({"callerid": "x"}, "Unknown key 'callerid'. Known: provider, account, token, from,"),
    ],
)
def test_faults_name_key_value_and_remedy(
    endpoints: Path, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(ContentError) as fault:
        read_dial_out(written(endpoints, **change))
    assert told in str(fault.value)
    assert str(fault.value).startswith(f"{endpoints}: dial_out.")


@pytest.mark.parametrize("value", ["0123456789abcdef0123456789abcdef", "$TOKEN", "x${TOKEN}"])
def test_token_in_the_file_is_a_fault_that_does_not_show_it(endpoints: Path, value: str) -> None:
    with pytest.raises(ContentError) as fault:
        read_dial_out(written(endpoints, token=value))
    assert '"${TOKEN}"' in str(fault.value)
    assert value not in str(fault.value).replace('"${TOKEN}"', "")


def test_check_warns_of_missing_variables_and_plain_http(endpoints: Path) -> None:
    found = list(dial_out_faults(written(endpoints, public_url="http://desk.example"), {}))
    assert [type(one) for one in found] == [ContentWarning, ContentWarning]
    assert "dial_out.token: The environment variable TWILIO_AUTH_TOKEN is not set." in str(found[0])
    assert "dial_out.public_url: 'http://desk.example' is not encrypted" in str(found[1])


def test_check_of_a_project_covers_it(tmp_path: Path, endpoints: Path) -> None:
    written(endpoints, provider="vonage")
    told = [str(one) for one in all_faults(tmp_path, today=TODAY)]
    assert sum("'vonage' is no telephone service" in one for one in told) == 1


def test_broken_file_is_told_once(tmp_path: Path, endpoints: Path) -> None:
    endpoints.write_text("dial_out: [", encoding="utf-8")
    told = [str(one) for one in all_faults(tmp_path, today=TODAY)]
    assert sum("no valid YAML" in one for one in told) == 1
