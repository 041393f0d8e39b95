from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from persona_router.core.hours import Hours
from persona_router.core.policy import RoutePolicy, Service

PHONE = RoutePolicy(
    id="phone",
    person=True,
    services=(
        Service(locales=("de",), number="Berlin"),
        Service(locales=("de-AT", "de-CH"), number="Wien"),
        Service(locales=("pt-BR",), number="São Paulo"),
    ),
)


@pytest.mark.parametrize(
    ("locale", "number"),
    [
        pytest.param("de-AT", "Wien", id="exact"),
        pytest.param("de-DE", "Berlin", id="language"),
        pytest.param("de", "Berlin", id="language-itself"),
        pytest.param("pt-PT", "São Paulo", id="another-region-of-the-language"),
        pytest.param("pt", "São Paulo", id="region-of-the-language"),
    ],
)
def test_service_for_prefers_the_closest_locale(locale: str, number: str) -> None:
    service = PHONE.service_for(locale)
    assert service is not None
    assert service.number == number


REASONS = RoutePolicy(
    id="phone",
    person=True,
    services=(
        Service(locales=("de", "tr"), number="Zentrale"),
        Service(locales=("de-AT",), number="Wien"),
        Service(locales=("de",), number="Kulanz", intents=frozenset({"complaint"})),
        Service(locales=("ar",), number="دبي", intents=frozenset({"complaint", "refund"})),
    ),
)


@pytest.mark.parametrize(
    ("locale", "intent", "number"),
    [
        pytest.param("de-DE", "complaint", "Kulanz", id="own-service"),
        pytest.param("de-AT", "complaint", "Kulanz", id="reason-goes-before-region"),
        pytest.param("de-AT", "refund", "Wien", id="none-for-this-reason"),
        pytest.param("de", None, "Zentrale", id="no-reason-known"),
        pytest.param("tr-TR", "complaint", "Zentrale", id="none-in-this-language"),
        pytest.param("ar-AE", "refund", "دبي", id="language"),
        pytest.param("ar-AE", "track_order", None, id="reasons-of-others"),
        pytest.param("ar", None, None, id="nobody-without-a-reason"),
    ],
)
def test_service_for_a_reason(locale: str, intent: str | None, number: str | None) -> None:
    service = REASONS.service_for(locale, intent)
    assert (service.number if service else None) == number


@pytest.mark.parametrize("locale", ["tr-TR", "d", "", "den"])
def test_service_for_an_unserved_locale_is_none(locale: str) -> None:
    assert PHONE.service_for(locale) is None


def test_service_for_a_route_without_services_serves_everyone_always(noon: datetime) -> None:
    service = RoutePolicy(id="agent", person=True).service_for("tr-TR")
    assert service is not None
    assert service.is_open(noon)
    assert service.opens(noon) is None


def test_service_opens_tells_the_next_time_only_when_closed() -> None:
    hours = Hours(zone=ZoneInfo("Asia/Dubai"), weekly={5: ((time(9), time(18)),)})
    service = Service(locales=("ar",), hours=hours)
    opens = service.opens(datetime.fromisoformat("2026-11-20T12:00+04:00"))
    assert opens is not None
    assert opens.isoformat() == "2026-11-21T09:00:00+04:00"
    assert service.opens(datetime.fromisoformat("2026-11-21T12:00+04:00")) is None


def test_always_open_opens_every_route_in_every_language(policy, night: datetime) -> None:
    opened = policy.always_open()
    for route in opened.routes.values():
        service = route.service_for("tr-TR")
        assert service is not None
        assert service.is_open(night)
    assert opened.routes["phone"].on_wish == "callback_form"


def test_heard_languages_are_those_that_only_people_speak(policy) -> None:
    assert policy.heard_languages == ()
    team = Service(locales=("de-AT", "uk", "sv-FI", "uk-UA"))
    robot = replace(policy.routes["self_service"], services=(Service(locales=("fi",)),))
    people = replace(policy.routes["agent"], services=(team,))
    routes = {**policy.routes, "agent": people, "self_service": robot}
    assert replace(policy, routes=routes).heard_languages == ("uk", "sv")


def test_person_routes_are_those_that_a_person_serves(policy) -> None:
    assert policy.person_routes == {"agent", "phone"}


@pytest.mark.parametrize(
    ("intent", "confidence", "understood"),
    [
        ("track_order", 0.3, True),
        ("track_order", 0.29, False),
        ("talk_to_human", 0.29, False),
        ("greet", 0.05, True),
        ("nlu_fallback", 0.99, False),
        ("out_of_scope", 1.0, False),
        (None, 0.0, True),
    ],
)
def test_understands_needs_confidence_for_routed_intents(
    policy, intent: str | None, confidence: float, understood: bool
) -> None:
    assert policy.understands(intent, confidence) is understood


def test_policy_may_have_its_routes_replaced(policy) -> None:
    assert replace(policy, routes={}).person_routes == frozenset()
