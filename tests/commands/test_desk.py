"""`persona-router desk users`: people are added, listed, changed, disabled and invited again."""

import json
import re
from pathlib import Path

import pytest

from persona_router.cli import main
from persona_router.desk.account_store import AccountStore
from persona_router.desk.database import open_desk_database

LINK = r"(http\S+)/welcome\?code=([\w-]{43})\n"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def users(*words: str) -> int:
    return main(["desk", "users", *words])


def test_added_person_gets_a_link_that_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert users("add", "Zoe@shop.example", "--name", "Zoé", "--languages", "de,ar") == 0
    said = capsys.readouterr()
    link = re.fullmatch(LINK, said.out)
    assert link
    assert link.group(1) == "http://localhost:5006"
    assert "Pass it on to zoe@shop.example; it works once" in said.err
    account = AccountStore(open_desk_database()).invited(link.group(2), now=0.0)
    assert account is not None
    assert (account.login, account.name) == ("zoe@shop.example", "Zoé")


def test_link_names_the_address_that_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    users("add", "zoe", "--address", "https://desk.shop.example/")
    assert capsys.readouterr().out.startswith("https://desk.shop.example/welcome?code=")


def test_list_shows_everybody_in_words_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    users("add", "zoe", "--name", "Zoé", "--roles", "agent,trainer", "--skills", "refunds")
    users("add", "boss", "--roles", "admin", "--capacity", "0")
    capsys.readouterr()
    assert users("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        re.sub(r" +", " ", lines[0])
        == "boss invited admin boss (every language; every skill; 0 chats)"
    )
    assert (
        re.sub(r" +", " ", lines[1])
        == "zoe invited agent,trainer Zoé (every language; refunds; 3 chats)"
    )
    assert users("list", "--json") == 0
    row = json.loads(capsys.readouterr().out.splitlines()[1])
    assert row == {
        "name": "Zoé", "roles": ["agent", "trainer"], "team": "", "languages": [],
        "skills": ["refunds"], "capacity": 3, "phone": "", "login": "zoe", "state": "invited",
    }  # fmt: skip


def test_change_leaves_what_is_not_given(capsys: pytest.CaptureFixture[str]) -> None:
    users("add", "zoe", "--name", "Zoé", "--team", "Berlin", "--languages", "de")
    assert users("change", "zoe", "--languages", "", "--capacity", "5") == 0
    profile = AccountStore(open_desk_database()).get("zoe").profile
    assert (profile.name, profile.team, profile.languages, profile.capacity) == (
        "Zoé", "Berlin", (), 5,
    )  # fmt: skip


def test_disabled_person_is_enabled_again(capsys: pytest.CaptureFixture[str]) -> None:
    users("add", "zoe")
    assert users("disable", "zoe") == 0
    assert "disabled" in capsys.readouterr().out
    assert users("enable", "ZOE") == 0
    assert "invited" in capsys.readouterr().out


def test_reset_prints_another_link_and_ends_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    users("add", "zoe")
    first = capsys.readouterr().out
    assert users("reset", "zoe") == 0
    second = capsys.readouterr().out
    assert first != second
    assert re.fullmatch(LINK, second)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["add", "Zoë"], "A user name has up to 64 characters"),
        (["add", "zoe", "--name", "<b>"], "Please enter a name of up to 40 letters"),
        (["add", "zoe", "--roles", "boss"],
         "Please choose at least one role. Roles: agent, trainer, operations, admin."),
        (["add", "zoe", "--languages", "klingonisch"], "'klingonisch' is no language code"),
        (["add", "zoe", "--capacity", "51"], "a number from 0 to 50"),
        (["add", "zoe", "--phone", "030 1"], "no phone number with a country code"),
        (["reset", "nobody"], "Nobody has the user name 'nobody'."),
        (["disable", "nobody"], "Nobody has the user name 'nobody'."),
        (["change", "nobody"], "Nobody has the user name 'nobody'."),
    ],
)  # fmt: skip
def test_faulty_input_is_one_line_and_status_two(
    words: list[str], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert users(*words) == 2
    said = capsys.readouterr()
    assert error in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_file_that_is_no_database_is_named(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state.mkdir()
    (state / "desk.sqlite").write_bytes(b"no database" * 100)
    assert users("list") == 2
    assert "desk.sqlite: not a readable desk database" in capsys.readouterr().err


def test_desk_takes_the_options_of_its_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["desk", "--rasa", "localhost:5005"]) == 1
    assert "'localhost:5005' is no address" in capsys.readouterr().err
