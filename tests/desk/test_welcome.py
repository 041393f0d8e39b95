"""One-time links: the first account, and the passwords of people who were invited."""

import re
from pathlib import Path
from typing import Any

import pytest

from persona_router.desk.accounts import AccountFault
from persona_router.desk.database import desk_database
from persona_router.desk.entrance import first_page
from tests.desk.conftest import ORIGIN, PASSWORD, Agent, Desk


def accept(visitor: Agent, code: str, **changes: str) -> Any:
    found = re.search(r'name="csrf" value="(\w+)"', visitor.get(f"/welcome?code={code}").text)
    fields = {
        "csrf": found.group(1) if found else "",
        "code": code,
        "login": "amira",
        "name": "Amira Weiß",
        "password": PASSWORD,
        "repeated": PASSWORD,
        **changes,
    }
    headers = {"accept": "text/html", "origin": ORIGIN}
    return visitor.client.post("/welcome", data=fields, headers=headers)


@pytest.fixture
def first(desk: Desk) -> str:
    code = desk.accounts.invite_first(now=desk.clock())
    assert code
    return code


def test_first_link_makes_somebody_who_may_do_everything(desk: Desk, first: str) -> None:
    visitor = desk.visitor()
    response = accept(visitor, first)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "<bdi>Amira Weiß</bdi>" in visitor.get("/").text
    assert visitor.get("/people").status_code == 200
    assert visitor.get("/operations").status_code == 200


def test_first_link_works_once_and_looking_at_it_uses_nothing_up(desk: Desk, first: str) -> None:
    for _ in range(3):
        assert desk.visitor().get(f"/welcome?code={first}").status_code == 200
    assert accept(desk.visitor(), first).status_code == 303
    again = accept(desk.visitor(), first, login="eve")
    assert again.status_code == 403
    assert desk.visitor().get(f"/welcome?code={first}").status_code == 403
    assert [account.login for account in desk.accounts.all()] == ["amira"]


def test_every_first_link_ends_with_the_first_account(desk: Desk, first: str) -> None:
    other = desk.accounts.invite_first(now=desk.clock())
    assert other
    accept(desk.visitor(), first)
    assert accept(desk.visitor(), other, login="eve").status_code == 403


def test_start_prints_a_link_until_somebody_administers(desk: Desk, tmp_path: Path) -> None:
    database = desk_database(tmp_path / "desk.sqlite")
    page = first_page(database)
    assert re.fullmatch(r"/welcome\?code=[\w-]{43}", page)
    accept(desk.visitor(), page.partition("=")[2])
    assert first_page(database) == "/sign-in"


def test_link_runs_out_after_two_days(desk: Desk, first: str) -> None:
    desk.clock.ahead = 48 * 3600 + 1
    response = accept(desk.visitor(), first)
    assert response.status_code == 403
    assert desk.accounts.all() == ()


@pytest.mark.parametrize("code", ["", "x", "0" * 43, "' OR 1=1 --"])
def test_made_up_link_opens_nothing(desk: Desk, first: str, code: str) -> None:
    assert desk.visitor().get(f"/welcome?code={code}").status_code == 403
    assert accept(desk.visitor(), code).status_code == 403


def test_form_of_another_visitor_is_refused(desk: Desk, first: str) -> None:
    assert accept(desk.visitor(), first, csrf="0" * 64).status_code == 403
    assert desk.accounts.all() == ()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"login": "Ämira"}, "letters a to z"),
        ({"login": ""}, "letters a to z"),
        ({"login": "../x"}, "letters a to z"),
        ({"name": "<b>Eve</b>"}, "Please enter a name"),
        ({"name": "1234"}, "Please enter a name"),
        ({"name": "A" * 41}, "Please enter a name"),
        ({"password": "short", "repeated": "short"}, "at least 10 characters"),
        ({"password": "x" * 201, "repeated": "x" * 201}, "up to 200 characters"),
        ({"password": "aaaaaaaaaaaa", "repeated": "aaaaaaaaaaaa"}, "easy to guess"),
        ({"password": "my name is Amira", "repeated": "my name is Amira"}, "easy to guess"),
        ({"repeated": PASSWORD + "x"}, "not the same"),
    ],
)
def test_what_cannot_be_is_explained_and_can_be_corrected(
    desk: Desk, first: str, changes: dict[str, str], problem: str
) -> None:
    visitor = desk.visitor()
    response = accept(visitor, first, **changes)
    assert response.status_code == 422
    assert problem in response.text
    assert PASSWORD not in response.text
    assert desk.accounts.all() == ()
    assert accept(visitor, first).status_code == 303


@pytest.mark.parametrize("name", ["أميرة", "Łukasz Żółć", "O’Brien", "Mª José", "अनीता"])
def test_names_of_any_script_are_welcome(desk: Desk, first: str, name: str) -> None:
    visitor = desk.visitor()
    assert accept(visitor, first, name=name).status_code == 303
    assert f"<bdi>{name}</bdi>" in visitor.get("/").text


def test_invited_person_sets_a_password_for_their_own_account_only(desk: Desk) -> None:
    desk.agent("Boss", roles="admin")
    desk.hire("zoe", "Zoé")
    code = desk.accounts.invite("zoe", now=desk.clock())
    assert (
        accept(desk.visitor(), code, login="boss", password="ganz anders hier").status_code == 422
    )
    response = accept(desk.visitor(), code, login="boss")
    assert response.status_code == 303
    assert desk.signed_in("zoe").get("/people").status_code == 403


def test_link_of_a_disabled_person_is_worthless(desk: Desk) -> None:
    desk.agent("Boss", roles="admin")
    desk.hire("zoe")
    code = desk.accounts.invite("zoe", now=desk.clock())
    desk.accounts.enable("zoe", False)
    assert accept(desk.visitor(), code).status_code == 403
    with pytest.raises(AccountFault):
        desk.accounts.invited(code, now=desk.clock())
