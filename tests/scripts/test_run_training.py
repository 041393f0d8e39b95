"""When the assistant is trained again, and what a failed training says."""

import io
import json
from pathlib import Path

import pytest

from scripts.console import Console
from scripts.processes import likely_cause
from scripts.programs import BadEndpoints, endpoints_for
from scripts.training import code_files, content_files, digest, up_to_date_model


@pytest.fixture
def trained_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project, the working folder, whose record says that its model is current."""
    monkeypatch.chdir(project)
    (project / "models").mkdir()
    (project / "models" / "assistant-1.tar.gz").touch()
    record = {
        "model": "models/assistant-1.tar.gz",
        "content": digest(content_files()),
        "code": digest(code_files()),
        "seconds": 1.5,
    }
    (project / "models" / "trained.json").write_text(json.dumps(record))
    return project


def test_model_is_up_to_date_while_nothing_changes(trained_project: Path) -> None:
    assert up_to_date_model() == Path("models/assistant-1.tar.gz")


@pytest.mark.parametrize(
    "name",
    [
        "config.yml",
        "domain.yml",
        "data/nlu.yml",
        "data/knowledge/ar/الإرجاع.md",
        "persona_router/core/signals.py",
        "persona_router/texts/responses/es.yml",
        "uv.lock",
    ],
)
def test_model_is_out_of_date_after_a_change(trained_project: Path, name: str) -> None:
    file = trained_project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as content:
        content.write("\n")
    assert up_to_date_model() is None


def test_model_is_out_of_date_after_a_rename(trained_project: Path) -> None:
    (trained_project / "data" / "rules.yml").rename(trained_project / "data" / "other.yml")
    assert up_to_date_model() is None


@pytest.mark.parametrize(
    "name", ["actions/orders.py", "README.md", "persona_router/__pycache__/x.py", "tests/test_a.py"]
)
def test_model_stays_up_to_date_after_a_change_of_something_else(
    trained_project: Path, name: str
) -> None:
    file = trained_project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x = 1\n")
    assert up_to_date_model() is not None


@pytest.mark.parametrize("record", ["", "[]", '{"model": "x"}', "\0", '{"model": 5}'])
def test_model_with_an_unreadable_record_is_out_of_date(trained_project: Path, record: str) -> None:
    (trained_project / "models" / "trained.json").write_text(record)
    assert up_to_date_model() is None


def test_model_that_was_deleted_is_out_of_date(trained_project: Path) -> None:
    (trained_project / "models" / "assistant-1.tar.gz").unlink()
    assert up_to_date_model() is None


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        pytest.param(
            "Processed 0it\n"
            "\x1b[91mYamlSyntaxException: Failed to read 'data/x.yml'.\n  more\x1b[0m\n",
            "YamlSyntaxException: Failed to read 'data/x.yml'.",
            id="coloured, with details after it",
        ),
        pytest.param(
            "Traceback (most recent call last):\n  File x\n"
            "persona_router.content.errors.ContentError: "
            "data/personas/a.yml: goals: is empty. Add one.\n",
            "persona_router.content.errors.ContentError: "
            "data/personas/a.yml: goals: is empty. Add one.",
            id="our own",
        ),
        pytest.param(
            "2026-01-05 10:00:00 ERROR    rasa.x - Utterance 'ütter' missing\nProject invalid\n",
            "2026-01-05 10:00:00 ERROR    rasa.x - Utterance 'ütter' missing",
            id="logged",
        ),
        pytest.param("Killed\n\n", "Killed", id="only a last line"),
        pytest.param("", "it wrote nothing", id="empty"),
    ],
)
def test_cause_of_a_failed_command_is_its_last_error(tmp_path: Path, log: str, cause: str) -> None:
    file = tmp_path / "train.log"
    file.write_text(log, encoding="utf-8")
    assert likely_cause(file) == cause


def test_endpoints_stay_the_projects_own_when_they_fit(project: Path, tmp_path: Path) -> None:
    own = endpoints_for(5055, project=project, state=tmp_path / "state")
    assert own == project / "endpoints.yml"


def test_endpoints_of_another_port_keep_everything_else(project: Path, tmp_path: Path) -> None:
    (project / "endpoints.yml").write_text(
        "nlg: {type: my.Responses}\ntracker_store: {type: sql, db: '${DB_NAME}'}\n"
    )
    copy = endpoints_for(6155, project=project, state=tmp_path / "state")
    assert copy == tmp_path / "state" / "endpoints.yml"
    assert copy.read_text() == (
        "action_endpoint:\n  url: http://127.0.0.1:6155/webhook\n"
        "nlg:\n  type: my.Responses\n"
        "tracker_store:\n  db: ${DB_NAME}\n  type: sql\n"
    )


def test_endpoints_hold_the_port_itself_where_they_named_a_variable(project: Path) -> None:
    (project / "endpoints.yml").write_text(
        'action_endpoint: {url: "http://shop:${PERSONA_ROUTER_ACTIONS_PORT}/webhook"}\n'
        "tracker_store: {type: SQL, dialect: sqlite, db: .persona-router/conversations.sqlite}\n"
    )
    copy = endpoints_for(6155, project=project, state=project / ".persona-router")
    assert copy.read_text() == (
        "action_endpoint:\n  url: http://127.0.0.1:6155/webhook\n"
        "tracker_store:\n  db: .persona-router/conversations.sqlite\n"
        "  dialect: sqlite\n  type: SQL\n"
    )


def test_endpoints_of_another_state_folder_keep_conversations_there(
    project: Path, tmp_path: Path
) -> None:
    (project / "endpoints.yml").write_text(
        "action_endpoint: {url: 'http://localhost:5055/webhook'}\n"
        "tracker_store: {type: SQL, dialect: sqlite, db: .persona-router/conversations.sqlite}\n"
    )
    copy = endpoints_for(5055, project=project, state=tmp_path / "state")
    assert f"db: {tmp_path}/state/conversations.sqlite\n" in copy.read_text()


@pytest.mark.parametrize("content", ["a: [", "- a list", "action_endpoint: 5"])
def test_endpoints_that_cannot_be_read_are_named(
    project: Path, tmp_path: Path, content: str
) -> None:
    (project / "endpoints.yml").write_text(content)
    with pytest.raises(BadEndpoints, match=r"^endpoints\.yml cannot be read: .+ Correct it\.$"):
        endpoints_for(6155, project=project, state=tmp_path)


def test_console_writes_no_terminal_codes_to_a_file() -> None:
    out = io.StringIO()
    Console(out=out, err=out).good("fertig")
    assert out.getvalue() == "fertig\n"


def test_endpoints_for_rasa_hold_no_variables_of_the_desk_that_handoffs_go_to(
    project: Path, tmp_path: Path
) -> None:
    (project / "endpoints.yml").write_text(
        "handoff: {provider: webhook, signing_secret: '${HANDOFF_SIGNING_SECRET}'}\n"
    )
    copy = endpoints_for(6155, project=project, state=tmp_path / "state")
    assert copy.read_text() == "action_endpoint:\n  url: http://127.0.0.1:6155/webhook\n"
