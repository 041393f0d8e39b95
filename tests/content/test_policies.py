from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.content.errors import ContentError
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.hours import Hours

SAMPLE = Path(__file__).parents[2] / "data" / "routing.yml"
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "routing.yml"


def write(file: Path, change: Change) -> None:
    """Write the starter policy, with one thing changed."""
    policy = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    change(policy)
    file.write_text(yaml.safe_dump(policy, allow_unicode=True, sort_keys=False), encoding="utf-8")


def fault(file: Path, change: Change) -> str:
    write(file, change)
    with pytest.raises(ContentError) as caught:
        read_policy(file)
    return str(caught.value).removeprefix(f"{file}: ")


def service(**fields: Any) -> Change:
    served = {"locales": ["de"], "timezone": "Europe/Berlin", "hours": {"mon": ["09:00-17:00"]}}
    return lambda p: p["routes"]["agent"].update(services=[{**served, **fields}])


def hours_of(file: Path, **fields: Any) -> Hours:
    write(file, service(**fields))
    hours = read_policy(file).routes["agent"].services[0].hours
    assert hours is not None
    return hours


@pytest.mark.parametrize(
    ("path", "languages"),
    [
        pytest.param(DEFAULT_POLICY, ["en", "de", "es", "ar"], id="starter"),
        pytest.param(
            SAMPLE, ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar"], id="sample"
        ),
    ],
)
def test_packaged_policies_are_sound(path: Path, languages: list[str]) -> None:
    policy = read_policy(path)
    assert list(policy.languages) == languages
    assert policy.person_routes == {"agent", "phone"}


def test_actions_around_a_preference_may_be_left_out_or_be_your_own(file: Path) -> None:
    write(file, lambda p: [p["actions"].pop(name) for name in ("correct", "remember", "forget")])
    actions = read_policy(file).actions
    assert (actions["correct"], actions["remember"]) == ("utter_corrected", "utter_remembered")
    assert actions["forget"] == "utter_forgotten"
    write(file, lambda p: p["actions"].update(correct="utter_sorry"))
    assert read_policy(file).actions["correct"] == "utter_sorry"


def test_version_names_the_content(file: Path) -> None:
    write(file, lambda p: None)
    first = read_policy(file).version
    write(file, lambda p: p["weights"].update(anger=0.7))
    second = read_policy(file).version
    write(file, lambda p: None)
    assert first.startswith("starter+")
    assert second.startswith("starter+")
    assert second != first == read_policy(file).version


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            lambda p: p.update(colour="red"),
            "colour: Unknown key 'colour'. Known: version, languages, default_locale, fallbacks, "
            "routes, neutral, intents, default_served_by, unrecognised, wishes, accepts, declines, "
            "actions, must_answer, evidence, weights, free_text, reading_pages, article_from, "
            "personas, coverage_budget, fairness_budget, articles, devices, desk, "
            "callbacks, exploration, comparison, privacy.",
        ),
        (lambda p: p.pop("routes"), "routes: It is missing. Write a mapping here."),
        (
            lambda p: p["routes"]["agent"].update(acton="x"),
            "routes.agent.acton: Unknown key 'acton'. "
            "Known: person, action, on_wish, offer, services.",
        ),
        (
            lambda p: p["routes"]["agent"].update(action=7),
            "routes.agent.action: '7' is not text. Write text here.",
        ),
        (
            lambda p: p["routes"]["agent"].update(person="yes please"),
            "routes.agent.person: 'yes please' is not true or false. Write true or false here.",
        ),
        (lambda p: p.update(languages=[]), "languages: No language is listed. "
                                           "Name at least one, such as en."),
        (
            lambda p: p.update(languages=["en", False]),
            "languages: 'False' is no text. Put it in quotes.",
        ),
        (
            lambda p: p.update(languages=["english"]),
            "languages: 'english' is no locale. Write a BCP 47 tag such as de-AT.",
        ),
        (
            lambda p: p.update(default_locale="fr-FR"),
            "default_locale: The language of 'fr-FR' is not served. Served: en, de, es, ar.",
        ),
        (
            lambda p: p["fallbacks"].update(deutsch=["en"]),
            "fallbacks.deutsch: 'deutsch' is no locale. Write a BCP 47 tag such as de-AT.",
        ),
        (
            lambda p: p["fallbacks"].update(de=["englisch"]),
            "fallbacks.de: 'englisch' is no locale. Write a BCP 47 tag such as de-AT.",
        ),
        (
            lambda p: p.update(neutral=["self_service", "agent", "fax"]),
            "neutral: Unknown route 'fax'. Declared: self_service, knowledge_base, agent, phone.",
        ),
        (
            lambda p: p.update(neutral=["agent", "phone"]),
            "neutral: It does not rank self_service, knowledge_base. Rank every route.",
        ),
        (
            lambda p: p["intents"].update(track={"served_by": ["pigeon"]}),
            "intents.track.served_by: Unknown route 'pigeon'. "
            "Declared: self_service, knowledge_base, agent, phone.",
        ),
        (
            lambda p: p["intents"].update(track={"served_by": ["self_service", "agent"]}),
            "intents.track.served_by: Nothing carries out 'self_service' here. "
            "Name a form or response at self_service.",
        ),
        (
            lambda p: p["intents"].update(track="self_service"),
            "intents.track: 'self_service' is not a mapping. Write a mapping here.",
        ),
        (
            lambda p: p["wishes"].update(talk_to_human=["human"]),
            "wishes.talk_to_human: Unknown route 'human'. "
            "Declared: self_service, knowledge_base, agent, phone.",
        ),
        (
            lambda p: p["actions"].pop("rescue"),
            "actions.rescue: It is missing. Write text here.",
        ),
        (
            lambda p: p["actions"].update(greet="utter_greet"),
            "actions.greet: Unknown key 'greet'. Known: why, correct, remember, forget, more, "
            "helped, not_helped, stop, callback, resume, language, unsupported_language, "
            "not_understood, closed, no_route, failed, rescue.",
        ),
        (
            lambda p: p["evidence"].update(threshold=60),
            "evidence.threshold: 60.0 is outside 0 to 1. Write a number from 0 to 1.",
        ),
        (
            lambda p: p["evidence"].update(turn_cap=0),
            "evidence.turn_cap: 0.0 is not above 0. Write a number above 0.",
        ),
        (
            lambda p: p["evidence"].update(tempering=float("nan")),
            "evidence.tempering: nan is outside 0 to 1. Write a number from 0 to 1.",
        ),
        (
            lambda p: p["evidence"].update(turn_cap=float("inf")),
            "evidence.turn_cap: inf is not above 0. Write a number above 0.",
        ),
        (
            lambda p: p["weights"].update(anger=-1),
            "weights.anger: -1.0 is below 0 or no amount. Write a number from 0 on.",
        ),
        (
            lambda p: p["weights"].update(person_after="two"),
            "weights.person_after: 'two' is not a whole number. Write a whole number here.",
        ),
        (
            lambda p: p["weights"].update(rank_values=[1, "half"]),
            "weights.rank_values: 'half' is not a number. Write numbers only.",
        ),
        (
            lambda p: p.update(coverage_budget=32),
            "coverage_budget: 32.0 is outside 0 to 1. Write a number from 0 to 1.",
        ),
        (lambda p: p.update(article_from="often"), "article_from: 'often' is not a number. "
                                                   "Write a number here."),
    ],
)  # fmt: skip
def test_faults_name_place_value_and_remedy(file: Path, change: Change, text: str) -> None:
    assert fault(file, change) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            {"timezone": "Europe/Atlantis"},
            "routes.agent.services[1].timezone: Unknown time zone 'Europe/Atlantis'. "
            "Write an IANA name such as Europe/Berlin.",
        ),
        (
            {"timezone": "../../etc/passwd"},
            "routes.agent.services[1].timezone: Unknown time zone '../../etc/passwd'. "
            "Write an IANA name such as Europe/Berlin.",
        ),
        ({"timezone": None}, "routes.agent.services[1].timezone: It is missing. Write text here."),
        (
            {"locales": ["de", "German"]},
            "routes.agent.services[1].locales: 'German' is no locale. "
            "Write a BCP 47 tag such as de-AT.",
        ),
        (
            {"hours": {"mon": ["9-17"]}},
            "routes.agent.services[1].hours.mon: '9-17' is no time span. Write \"09:00-17:30\".",
        ),
        (
            {"hours": {"mon": ["09:00-24:30"]}},
            "routes.agent.services[1].hours.mon: '09:00-24:30' is no time span. "
            'Write "09:00-17:30".',
        ),
        (
            {"hours": {"mon": ["09:00-17:00\n"]}},
            "routes.agent.services[1].hours.mon: '09:00-17:00 ' is no time span. "
            'Write "09:00-17:30".',
        ),
        (
            {"hours": {"fri": ["22:00-22:00"]}},
            "routes.agent.services[1].hours.fri: '22:00-22:00' ends when it starts. "
            'Write "00:00-24:00" for a whole day.',
        ),
        (
            {"exceptions": {"Christmas": []}},
            "routes.agent.services[1].exceptions.Christmas: 'Christmas' is no date. "
            "Write 2026-12-25.",
        ),
        (
            {"exceptions": {date(2026, 12, 24): ["9-12"]}},
            "routes.agent.services[1].exceptions.2026-12-24: '9-12' is no time span. "
            'Write "09:00-17:30".',
        ),
        (
            {"closed_on": [date(2026, 12, 24)], "exceptions": {date(2026, 12, 24): []}},
            "routes.agent.services[1].exceptions.2026-12-24: It stands in closed_on, too. "
            "Keep one: an empty list here closes the day.",
        ),
        (
            {"team": 7},
            "routes.agent.services[1].team: '7' is not text. Write text here.",
        ),
        (
            {"number": "030 1234567"},
            "routes.agent.services[1].number: '030 1234567' is no international number. "
            'Write it in quotes with the country code, such as "+44 20 7946 0112".',
        ),
        (
            {"number": "+33 1 99"},
            "routes.agent.services[1].number: '+33 1 99' is too short or too long. "
            'Write it in quotes with the country code, such as "+44 20 7946 0112".',
        ),
        (
            {"hours": {"monday": ["09:00-17:00"]}},
            "routes.agent.services[1].hours.monday: 'monday' is no day or range. "
            "Days: mon, tue, wed, thu, fri, sat, sun.",
        ),
        (
            {"hours": {"mon-": ["09:00-17:00"]}},
            "routes.agent.services[1].hours.mon-: 'mon-' is no day or range. "
            "Days: mon, tue, wed, thu, fri, sat, sun.",
        ),
        (
            {"closed_on": ["Christmas"]},
            "routes.agent.services[1].closed_on: 'Christmas' is no date. Write 2026-12-25.",
        ),
        (
            {"closed_on": [datetime(2026, 12, 25, 9)]},
            "routes.agent.services[1].closed_on: '2026-12-25 09:00:00' is no date. "
            "Write 2026-12-25.",
        ),
        (
            {"numbr": "1"},
            "routes.agent.services[1].numbr: Unknown key 'numbr'. "
            "Known: locales, intents, team, number, timezone, hours, closed_on, holidays, "
            "exceptions.",
        ),
    ],
)
def test_faults_of_services_name_place_value_and_remedy(
    file: Path, fields: dict[str, Any], text: str
) -> None:
    assert fault(file, service(**fields)) == text


@pytest.mark.parametrize(
    ("days", "open_days"),
    [
        ("mon", {0}),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("sat-thu", {5, 6, 0, 1, 2, 3}),
        ("fri-mon", {4, 5, 6, 0}),
        ("mon-sun", set(range(7))),
        ("sun-sun", {6}),
    ],
)
def test_days_may_be_ranges_over_the_weekend(file: Path, days: str, open_days: set[int]) -> None:
    assert set(hours_of(file, hours={days: ["09:00-17:00"]}).weekly) == open_days


def test_days_named_twice_have_both_stretches(file: Path) -> None:
    hours = hours_of(file, hours={"mon-tue": ["09:00-12:00"], "tue": ["14:00-24:00"]})
    assert hours.weekly == {
        0: ((time(9), time(12)),),
        1: ((time(9), time(12)), (time(14), time(0))),
    }


def serving(intents: list[str], **fields: Any) -> Change:
    """A policy that knows one intent, with a service for the given ones."""

    def change(policy: dict[str, Any]) -> None:
        service(intents=intents, **fields)(policy)
        policy["intents"] = {"complaint": {"served_by": ["agent", "phone"]}}

    return change


def test_intents_of_a_service_must_be_known(file: Path) -> None:
    assert fault(file, serving(["complaint", "refunds"])) == (
        "routes.agent.services[1].intents: Unknown intent 'refunds'. Declared: complaint."
    )


def test_service_may_be_a_team_for_some_intents_with_a_number(file: Path) -> None:
    write(file, serving(["complaint"], team="Kulanz", number="+49 (30) 23125-112"))
    (found,) = read_policy(file).routes["agent"].services
    assert found.intents == {"complaint"}
    assert found.team == "Kulanz"
    assert found.number == "+49 (30) 23125-112"


def test_stretches_may_pass_midnight(file: Path) -> None:
    assert hours_of(file, hours={"fri": ["22:00-02:00"]}).weekly == {4: ((time(22), time(2)),)}


def test_single_dates_have_hours_of_their_own(file: Path) -> None:
    hours = hours_of(file, exceptions={date(2026, 12, 24): ["09:00-12:00"], date(2026, 12, 31): []})
    assert hours.exceptions == {
        date(2026, 12, 24): ((time(9), time(12)),),
        date(2026, 12, 31): (),
    }


def test_closed_days_are_dates(file: Path) -> None:
    assert hours_of(file, closed_on=[date(2026, 12, 25)]).closed_on == {date(2026, 12, 25)}


@pytest.mark.parametrize(("written", "budget"), [({}, 1.0), ({"coverage_budget": 0.25}, 0.25)])
def test_coverage_is_unlimited_unless_the_policy_says_so(
    file: Path, written: dict[str, float], budget: float
) -> None:
    write(file, lambda p: p.update(written))
    assert read_policy(file).coverage_budget == budget


def test_service_without_hours_is_always_open(file: Path) -> None:
    write(
        file,
        lambda p: p["routes"]["phone"].update(
            services=[{"locales": ["de"], "number": "+49 30 112"}]
        ),
    )
    (served,) = read_policy(file).routes["phone"].services
    assert served.hours is None
    assert served.number == "+49 30 112"


def test_tags_are_read_in_canonical_spelling(file: Path) -> None:
    def spelled(policy: dict[str, Any]) -> None:
        policy["languages"] = ["EN", "pt"]
        policy["default_locale"] = "en_gb"
        policy["fallbacks"] = {"pt_br": ["PT", "en"]}

    write(file, spelled)
    policy = read_policy(file)
    assert policy.languages == ("en", "pt")
    assert policy.default_locale == "en-GB"
    assert policy.fallbacks == {"pt-BR": ("pt", "en")}


def test_missing_policy_names_itself(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        read_policy(tmp_path / "routing.yml")
    assert str(caught.value) == (
        f"{tmp_path / 'routing.yml'}: The file is missing. Create or restore it."
    )
