"""Every page and form has its roles, and nobody passes without session, role and token."""

import pytest
from starlette.routing import Mount, Route

from persona_router.desk.access import Guarded
from persona_router.desk.accounts import ROLES
from tests.desk.conftest import ORIGIN, Agent, Desk

OPEN = {("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/welcome"), ("POST", "/welcome"),
        ("GET", "/health"), ("GET", "/health/live"), ("GET", "/health/ready"),
        ("GET", "/metrics")}  # fmt: skip
EVERYBODY = {("GET", "/"), ("POST", "/sign-out"), ("GET", "/account"),
             ("POST", "/account/password"), ("POST", "/account/sign-out-elsewhere")}  # fmt: skip


def routes(desk: Desk) -> dict[tuple[str, str], Route]:
    return {
        (method, route.path): route
        for route in desk.app.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }


def wanted(method: str, path: str) -> set[str]:
    """Return the roles that the path needs, by where it is."""
    if (method, path) in EVERYBODY:
        return set(ROLES)
    first = path.split("/")[1]
    owners = {
        "people": {"admin"},
        "audit": {"admin"},
        "questions": {"trainer", "operations", "admin"},
        "operations": {"operations"},
        "log": {"operations", "admin"},
        "figures": {"operations", "admin"},
        "personas": {"operations", "admin"},
        "brand": {"operations", "admin"},
        "replay": {"operations", "admin"},
        "compare": {"operations", "admin"},
        "ratings": {"agent", "operations"},
    }
    return owners.get(first, {"agent"})


def filled(path: str, id: str) -> str:
    return path.replace("{id}", id).replace("{login}", "agent")


@pytest.fixture
def everybody(desk: Desk) -> dict[str, Agent]:
    return {role: desk.agent(role, roles=role) for role in ROLES}


def test_routes_are_guarded_or_listed_as_open(desk: Desk) -> None:
    known = routes(desk)
    assert {key for key, route in known.items() if not isinstance(route, Guarded)} == OPEN
    assert len(known) - len(OPEN) >= 20
    for (method, path), route in known.items():
        if isinstance(route, Guarded):
            assert route.roles == wanted(method, path), path


def test_static_files_are_the_only_mount(desk: Desk) -> None:
    assert [route.path for route in desk.app.routes if isinstance(route, Mount)] == ["/static"]


def test_nothing_is_shown_or_done_without_a_session(desk: Desk) -> None:
    id = desk.ask().id
    desk.hire("agent")
    visitor = desk.visitor()
    for method, path in routes(desk).keys() - OPEN:
        address = filled(path, id)
        if method == "GET":
            response = visitor.get(address)
            assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
            assert visitor.get(address, accept="application/json").status_code == 401
        else:
            response = visitor.client.post(address, headers={"origin": ORIGIN})
            assert response.status_code == 401
            assert response.json()["ok"] is False
    assert desk.queue.get(id).status == "waiting"


def test_nothing_is_shown_or_done_in_another_role(desk: Desk, everybody: dict[str, Agent]) -> None:
    id = desk.ask().id
    for (method, path), route in routes(desk).items():
        if not isinstance(route, Guarded):
            continue
        for role, person in everybody.items():
            if role in route.roles:
                continue
            address = filled(path, id)
            refused = person.get(address) if method == "GET" else person.post(address)
            assert refused.status_code == 403, (method, path, role)
            assert "not among your tasks" in refused.text
    assert desk.queue.get(id).status == "waiting"
    assert len(desk.accounts.all()) == len(ROLES)


@pytest.mark.parametrize("token", [None, "", "0" * 64, "ключ"])
def test_no_form_works_without_its_token(
    desk: Desk, everybody: dict[str, Agent], token: str | None
) -> None:
    id = desk.ask().id
    fields = {} if token is None else {"csrf": token}
    for method, path in routes(desk):
        if method != "POST":
            continue
        role = min(wanted(method, path))
        response = everybody[role].client.post(
            filled(path, id),
            data={**fields, "text": "x", "name": "x", "login": "x", "password": "x"},
            headers={"accept": "text/html", "origin": ORIGIN},
        )
        assert response.status_code == 403, path
    assert desk.queue.get(id).status == "waiting"
    assert len(desk.accounts.all()) == len(ROLES)


@pytest.mark.parametrize(
    ("role", "home"),
    [("operations", "/operations"), ("admin", "/people"), ("trainer", "/questions")],
)
def test_everybody_begins_at_their_own_page(desk: Desk, role: str, home: str) -> None:
    person = desk.agent("Nour", roles=role)
    assert person.get("/").headers["location"] == home
    assert person.get(home).status_code == 200


def test_pages_link_only_to_what_the_person_may_see(desk: Desk) -> None:
    page = desk.agent("Nour", roles="operations").get("/operations").text
    assert 'href="/operations"' in page
    assert 'href="/people"' not in page
