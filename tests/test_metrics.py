"""What is counted, under which names, and who may read it."""

import pytest
from prometheus_client.registry import CollectorRegistry

from persona_router.log.events import Outcome
from persona_router.metrics import Declared, TurnMetrics, metrics_answer
from tests.log.making import row

TOKEN = "Zwölf-Boxkämpfer"


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def turns(registry: CollectorRegistry) -> TurnMetrics:
    made = TurnMetrics(registry)
    made.declared = Declared(
        routes=frozenset({"knowledge_base", "agent"}),
        languages=frozenset({"en", "ar"}),
        personas=frozenset({"researcher"}),
    )
    return made


def decisions(registry: CollectorRegistry) -> dict[tuple[str, str, str, str], float]:
    """Return the counts by route, language, persona and failed."""
    return {
        tuple(sample.labels[name] for name in ("route", "language", "persona", "failed")): (
            sample.value
        )
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "persona_router_decisions_total"
    }


def test_decisions_are_counted_by_route_language_persona_and_failure(
    turns: TurnMetrics, registry: CollectorRegistry
) -> None:
    turns.count([row("d1"), row("d2"), row("d3", route="agent", language="ar", failed=1)])
    assert decisions(registry) == {
        ("knowledge_base", "en", "researcher", "false"): 2.0,
        ("agent", "ar", "researcher", "true"): 1.0,
    }


def test_values_that_nobody_declared_become_other(
    turns: TurnMetrics, registry: CollectorRegistry
) -> None:
    turns.count(
        row(f"d{n}", route=f"weg{n}", language=f"x{n}", persona=f"Zoë {n}") for n in range(50)
    )
    turns.count([row("d50", route=["agent"], language="", persona=7)])
    assert decisions(registry) == {("other", "other", "other", "false"): 51.0}


def test_absent_values_have_names_of_their_own(
    turns: TurnMetrics, registry: CollectorRegistry
) -> None:
    turns.count([row("d1", route=None, language=None, persona=None)])
    assert decisions(registry) == {("none", "none", "undecided", "false"): 1.0}


def test_nothing_is_a_label_before_a_model_declares_names(registry: CollectorRegistry) -> None:
    TurnMetrics(registry).count([row("d1")])
    assert decisions(registry) == {("other", "other", "other", "false"): 1.0}


def test_latency_is_observed_in_seconds(turns: TurnMetrics, registry: CollectorRegistry) -> None:
    for milliseconds in (40.0, 180.0, 12_000.0):
        turns.count([Outcome(decision="d1", values={"latency_ms": milliseconds})])

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"persona_router_turn_latency_seconds_{name}", labels)

    assert value("count") == 3.0
    assert value("sum") == pytest.approx(12.22)
    assert value("bucket", le="0.025") == 0.0
    assert value("bucket", le="0.05") == 1.0
    assert value("bucket", le="0.2") == 2.0
    assert value("bucket", le="10.0") == 2.0


def test_handoffs_and_verdicts_are_counted(turns: TurnMetrics, registry: CollectorRegistry) -> None:
    for values in ({"handed_over": 1}, {"helped": 1}, {"helped": 0}, {"helped": 0}, {"rating": 5}):
        turns.count([Outcome(decision="d1", values=values)])
    assert registry.get_sample_value("persona_router_handoffs_total") == 1.0
    name = "persona_router_verdicts_total"
    assert registry.get_sample_value(name, {"verdict": "helped"}) == 1.0
    assert registry.get_sample_value(name, {"verdict": "not_helped"}) == 2.0


@pytest.mark.parametrize("token", [None, "", "  "], ids=["unset", "empty", "blank"])
def test_metrics_are_not_found_without_a_token_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, registry: CollectorRegistry, token: str | None
) -> None:
    monkeypatch.delenv("PERSONA_ROUTER_METRICS_TOKEN", raising=False)
    if token is not None:
        monkeypatch.setenv("PERSONA_ROUTER_METRICS_TOKEN", token)
    for sent in (None, "Bearer", "Bearer ", f"Bearer {token}"):
        assert metrics_answer(registry, sent).status == 404


@pytest.mark.parametrize(
    "sent",
    [None, "", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \udcff"],
)
def test_wrong_token_is_refused(
    monkeypatch: pytest.MonkeyPatch, turns: TurnMetrics, registry: CollectorRegistry, sent: str
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_METRICS_TOKEN", TOKEN)
    answer = metrics_answer(registry, sent)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert b"persona_router_handoffs" not in answer.body
    assert TOKEN.encode() not in answer.body


def test_right_token_gets_the_text_format(
    monkeypatch: pytest.MonkeyPatch, turns: TurnMetrics, registry: CollectorRegistry
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_METRICS_TOKEN", TOKEN)
    turns.count([row("d1")])
    answer = metrics_answer(registry, f"bearer {TOKEN}")
    assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (200, "text/plain")
    line = (
        'persona_router_decisions_total{failed="false",language="en",persona="researcher",'
        'route="knowledge_base"} 1.0'
    )
    assert line in answer.body.decode().splitlines()
