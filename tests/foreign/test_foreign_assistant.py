"""The plugin as others get it: a wheel, added to an assistant by names in its config.yml."""

import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Turn = dict[str, Any]
CONVERSATIONS = [
    ["hello", "are you a machine?", "when are you open", "bye"],
    ["I would like to order a bread", "rye, please", "goodbye"],
    ["I want to talk to a person"],
    ["order bread", "no, let me speak to a real person please"],
    ["Guten Morgen, wann haben Sie denn heute geöffnet?"],
]


@pytest.mark.parametrize(
    "name",
    [
        "persona_router/defaults/domain.yml",
        "persona_router/defaults/routing.yml",
        "persona_router/defaults/rules.yml",
        "persona_router/defaults/patterns.yml",
        "persona_router/defaults/personas/talker.yml",
        "persona_router/texts/responses/ar.yml",
        "persona_router/texts/page/es.yml",
        "persona_router/texts/desk/de.yml",
        "persona_router/texts/lexicon/en.yml",
        "persona_router/chat/static/chat.js",
        "persona_router/chat/static/page.css",
        "persona_router/chat/templates/page.html",
        "persona_router/desk/static/htmx.min.js",
        "persona_router/desk/templates/queue.html",
        "persona_router/knowledge/weights.yml",
        "persona_router/knowledge/templates/article.html",
    ],
)
def test_wheel_holds_what_is_read_while_serving(wheel: Path, name: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.getinfo(name).file_size > 100


def test_wheel_holds_nothing_of_the_sample_or_the_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"persona_router"}


@pytest.fixture(scope="module")
def training(run: Run) -> subprocess.CompletedProcess[str]:
    """Return the finished training of the host, whose settings are all the packaged ones."""
    return run("-m", "rasa", "train")


@pytest.fixture(scope="module")
def talked(run: Run, training: subprocess.CompletedProcess[str]) -> list[list[Turn]]:
    """Return what came of every turn of every conversation."""
    assert training.returncode == 0, training.stderr[-3000:]
    script = str(Path(__file__).with_name("talk.py"))
    ran = run(script, json.dumps(CONVERSATIONS))
    assert ran.returncode == 0, ran.stderr[-3000:]
    turns = iter([json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")])
    return [[next(turns) for _ in texts] for texts in CONVERSATIONS]


def test_host_is_trained_without_a_warning_of_ours(
    training: subprocess.CompletedProcess[str],
) -> None:
    assert training.returncode == 0, training.stderr[-3000:]
    output = (training.stdout + training.stderr).splitlines()
    told = [line for line in output if "UserWarning" in line or "WARNING" in line]
    ours = ("action", "utter_", "persona_router", "domain lacks", "callback", "slot")
    # Rasa says so of every response that a policy utters rather than a rule.
    unused = "is not used in any story or rule"
    assert [line for line in told if unused not in line and any(n in line for n in ours)] == []


def test_installed_wheel_is_used_and_not_the_checkout(
    talked: list[list[Turn]], installed: Path
) -> None:
    assert {turn["package"] for turns in talked for turn in turns} == {
        str(installed / "persona_router")
    }


def test_hosts_own_rules_answer_its_small_talk(talked: list[list[Turn]]) -> None:
    assert [turn["said"] for turn in talked[0]] == [
        ["Good morning from the bakery!"],
        ["I am a machine that smells of bread."],
        ["We bake from six to noon."],
        ["Come again!"],
    ]


def test_hosts_own_form_goes_on_undisturbed(talked: list[list[Turn]]) -> None:
    assert [turn["said"] for turn in talked[1]] == [
        ["Which bread?"],
        ["One rye, please, gladly."],
        ["Come again!"],
    ]


@pytest.mark.parametrize(
    ("conversation", "plan"),
    [(2, ["action_handoff"]), (3, ["action_deactivate_loop", "action_handoff"])],
    ids=["at once", "inside the host's form"],
)
def test_wish_for_a_person_is_understood_without_an_intent_for_it(
    talked: list[list[Turn]], conversation: int, plan: list[str]
) -> None:
    last = talked[conversation][-1]
    assert (last["routing"]["route"], last["routing"]["plan"]) == ("agent", plan)
    # No action server runs here: the customer is told so instead of met with silence.
    assert last["said"] == [
        "I am sorry, something went wrong on our side. Nothing was lost; please try again or ask "
        "for a person."
    ]
    assert last["form"] is None


def test_every_turn_carries_a_whole_decision(talked: list[list[Turn]]) -> None:
    for turn in (turn for turns in talked for turn in turns):
        decision = turn["routing"]
        assert "error" not in decision
        assert sum(decision["posterior"].values()) == pytest.approx(1.0, abs=0.01)
        assert decision["policy_version"].startswith("starter")


def test_german_is_recognised_as_the_starter_policy_lists_it(talked: list[list[Turn]]) -> None:
    [turn] = talked[4]
    assert (turn["language"]["code"], turn["language"]["served"]) == ("de", True)
    assert turn["said"] == ["We bake from six to noon."]


def test_starter_files_of_the_wheel_are_sound(run: Run, bakery: Path) -> None:
    assert run("-m", "persona_router.cli", "init").returncode == 0
    checked = run("-m", "persona_router.cli", "check", "--at", "2026-11-23")
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "No faults.")
    assert (bakery / "data" / "routing.yml").is_file()
