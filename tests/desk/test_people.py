"""Administrators add, change, disable and invite people; nobody else does."""

import re

import pytest

from tests.desk.conftest import PASSWORD, Agent, Desk

ZOE = {"login": "zoe", "name": "Zoé", "role_agent": "1", "capacity": "2"}


@pytest.fixture
def boss(desk: Desk) -> Agent:
    return desk.agent("Boss", roles="admin")


def link(page: str) -> str:
    found = re.search(r"http://testserver(/welcome\?code=[\w-]{43})", page)
    assert found
    return found.group(1)


def test_added_person_signs_in_by_the_link_that_is_shown(desk: Desk, boss: Agent) -> None:
    page = boss.post("/people", {**ZOE, "languages": "de، AR", "skills": "refunds, invoices"})
    assert page.status_code == 200
    visitor = desk.visitor()
    welcome = visitor.get(link(page.text))
    assert "Hello Zoé" in welcome.text
    found = re.search(r'name="csrf" value="(\w+)"', welcome.text)
    assert found
    answer = visitor.client.post(
        "/welcome",
        data={
            "csrf": found.group(1),
            "code": link(page.text).partition("=")[2],
            "password": PASSWORD,
            "repeated": PASSWORD,
        },
        headers={"origin": "http://testserver"},
    )
    assert answer.status_code == 303
    profile = desk.accounts.get("zoe").profile
    assert (profile.languages, profile.skills) == (("de", "ar"), ("refunds", "invoices"))
    assert (profile.capacity, sorted(profile.roles)) == (2, ["agent"])


def test_list_shows_everybody_with_role_and_state(desk: Desk, boss: Agent) -> None:
    desk.hire("zoe", "Zoé", roles="agent trainer")
    desk.accounts.enable("zoe", False)
    page = boss.get("/people").text
    assert "Answers customers, Trains the assistant" in page
    assert "Disabled" in page
    assert "May sign in" in page


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"login": "boss"}, "The user name &#39;boss&#39; is taken"),
        ({"login": "Zoé"}, "letters a to z"),
        ({"name": "[x](http://x)"}, "Please enter a name"),
        ({"role_agent": None}, "at least one role"),
        ({"languages": "de, klingonisch"}, "&#39;klingonisch&#39; is no language code"),
        ({"capacity": "51"}, "from 0 to 50"),
        ({"capacity": "٣"}, "from 0 to 50"),
        ({"capacity": "-1"}, "from 0 to 50"),
        ({"skills": ",".join("abcdefghijklmnopqrstuvwxyz012345")}, "up to 30 entries"),
        ({"team": "x" * 41}, "up to 40 letters"),
    ],
)
def test_faulty_person_is_explained(
    desk: Desk, boss: Agent, changes: dict[str, str | None], problem: str
) -> None:
    fields = {key: value for key, value in {**ZOE, **changes}.items() if value is not None}
    response = boss.post("/people", fields)
    assert response.status_code == 422
    assert problem in response.text
    assert [account.login for account in desk.accounts.all()] == ["boss"]


def test_changed_role_counts_at_once(desk: Desk, boss: Agent, zoe: Agent) -> None:
    assert zoe.get("/operations").status_code == 403
    boss.post("/people/zoe", {**ZOE, "role_operations": "1"})
    assert zoe.get("/operations").status_code == 200
    assert desk.accounts.get("zoe").profile.capacity == 2


def test_disabled_person_is_signed_out_and_enabled_again(
    desk: Desk, boss: Agent, zoe: Agent
) -> None:
    assert boss.post("/people/zoe/disable").status_code == 303
    assert zoe.get("/").headers["location"] == "/sign-in"
    assert boss.post("/people/zoe/enable").status_code == 303
    assert desk.signed_in("zoe").get("/").status_code == 200


def test_reset_ends_password_and_sessions(desk: Desk, boss: Agent, zoe: Agent) -> None:
    page = boss.post("/people/zoe/reset")
    assert desk.visitor().get(link(page.text)).status_code == 200
    assert zoe.get("/").headers["location"] == "/sign-in"
    assert desk.accounts.password("zoe") is None


@pytest.mark.parametrize("how", ["disable", "change"])
def test_somebody_always_administers_the_desk(desk: Desk, boss: Agent, how: str) -> None:
    path = "/people/boss/disable" if how == "disable" else "/people/boss"
    response = boss.post(path, {**ZOE, "name": "Boss"})
    assert response.status_code == 422
    assert "Somebody must remain" in response.text
    assert desk.accounts.get("boss").may("admin")
    desk.hire("second", roles="admin")
    assert boss.post(path, {**ZOE, "name": "Boss"}).status_code == 303


def test_unknown_person_is_not_found(boss: Agent) -> None:
    response = boss.get("/people/nobody")
    assert response.status_code == 404
    assert "Nobody has the user name &#39;nobody&#39;" in response.text


def test_own_password_is_changed_and_other_browsers_are_signed_out(
    desk: Desk, amira: Agent
) -> None:
    elsewhere = desk.signed_in("amira")
    fields = {"current": PASSWORD, "password": "ganz neue Wörter", "repeated": "ganz neue Wörter"}
    assert amira.post("/account/password", {**fields, "current": "x"}).status_code == 422
    assert amira.post("/account/password", {**fields, "repeated": "x"}).status_code == 422
    assert elsewhere.get("/").status_code == 200
    assert amira.post("/account/password", fields).headers["location"] == "/account?saved=1"
    assert amira.get("/").status_code == 200
    assert elsewhere.get("/").headers["location"] == "/sign-in"


def test_sessions_elsewhere_can_be_ended(desk: Desk, amira: Agent) -> None:
    elsewhere = desk.signed_in("amira")
    assert amira.post("/account/sign-out-elsewhere").status_code == 303
    assert elsewhere.get("/").headers["location"] == "/sign-in"
    assert amira.get("/account").status_code == 200


def test_operations_see_load_and_presence_but_no_words(desk: Desk) -> None:
    handoff = desk.ask(language="de")
    desk.ask("c2", language="tr")
    desk.hire("zoe", "Zoé", capacity=4)
    desk.queue.claim(handoff.id, "zoe")
    page = desk.agent("Olga", roles="operations").get("/operations").text
    assert "1 / 4" in page
    assert "Türkçe" in page
    assert "WO IST MEIN PAKET" not in page
