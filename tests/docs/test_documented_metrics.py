"""Dashboard, alerts and the table of metrics name what there is, and all of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import CollectorRegistry

from persona_router.desk.gate import LIVE, METRICS, READY
from persona_router.handoff.outbox import Outbox
from persona_router.metrics import TurnMetrics
from persona_router.rasa.action_watching import ActionWatching
from tests.desk.conftest import opened_desk
from tests.docs.pages import ROOT, blocks, names, page, rows, section
from tests.handoff.making import request
from tests.log.making import row

DASHBOARD = ROOT / "docs" / "grafana" / "persona-router.json"
_NAME = re.compile(r"\bpersona_router_\w+")
_CREATED = "_created"


@pytest.fixture
def families(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Metric]:
    """Return the metrics of a Rasa process and a desk, after a turn and a handoff elsewhere."""
    actions = ActionWatching()
    actions.count("action_handoff", 200, 0.04)
    turns = CollectorRegistry()
    TurnMetrics(turns).count([row("d1")])
    Outbox(tmp_path / "outbox.sqlite").open(request("c1"), "zammad")
    monkeypatch.setenv("PERSONA_ROUTER_METRICS_TOKEN", "eins")
    with opened_desk(tmp_path) as desk:
        told = desk.visitor().get(METRICS, authorization="Bearer eins").text
    counted = [*turns.collect(), *actions.registry.collect()]
    return [*counted, *text_string_to_metric_families(told)]


@pytest.fixture
def series(families: list[Metric]) -> set[str]:
    """Return the names that an expression may use."""
    suffixes = {
        "counter": ("_total",),
        "gauge": ("",),
        "histogram": ("_bucket", "_sum", "_count"),
    }
    return {one.name + suffix for one in families for suffix in suffixes[one.type]}


def expressions(dashboard: Any) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def test_dashboard_uses_only_metrics_that_exist_and_shows_each(series: set[str]) -> None:
    asked = expressions(json.loads(DASHBOARD.read_text(encoding="utf-8")))
    assert len(asked) >= 12
    used = {name for one in asked for name in _NAME.findall(one)}
    assert used - series == set()
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name in used}
    assert {re.sub("_(bucket|sum|count)$", "", name) for name in series} - shown == set()


def test_dashboard_lets_people_choose_the_data_source() -> None:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    (variable,) = dashboard["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == (
        "datasource", "datasource", "prometheus",
    )  # fmt: skip
    assert dashboard["schemaVersion"] == 38
    for panel in dashboard["panels"]:
        for one in (panel, *panel["targets"]):
            assert one["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_every_metric_is_documented_with_its_type_and_labels(families: list[Metric]) -> None:
    table = rows(section(page("watching"), "Metrics"), "metric", "type", "labels")
    written = {row["metric"].strip("`"): row for row in table}
    real = {one.name + ("_total" if one.type == "counter" else ""): one for one in families}
    assert set(written) == set(real)
    for name, metric in real.items():
        assert written[name]["type"] == metric.type, name
        labels = {
            label
            for sample in metric.samples
            if not sample.name.endswith(_CREATED)
            for label in sample.labels
        } - {"le"}
        assert set(re.findall(r"`(\w+)`", written[name]["labels"])) == labels, name


def test_alerts_use_only_metrics_that_exist(series: set[str]) -> None:
    (block,) = blocks(page("watching").partition("## Alerts")[2], "yaml")
    (group,) = yaml.safe_load(block)["groups"]
    used = {name for rule in group["rules"] for name in _NAME.findall(rule["expr"])}
    assert len(group["rules"]) >= 5
    assert used - series == set()


def test_addresses_are_documented() -> None:
    health = names(section(page("watching"), "Health"), "address")
    assert {LIVE, READY, "/chat/health/ready"} <= health
    text = section(page("watching"), "Metrics")
    assert f"`{METRICS}`" in text
    assert "`/chat/metrics`" in text
