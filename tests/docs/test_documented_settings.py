"""Every setting of component, channel, NLG and environment is documented where people look."""

import ast
import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import yaml
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier

import persona_router.rasa
from persona_router.desk import server
from persona_router.rasa import nlg
from persona_router.rasa.channel import WebsiteChannel
from tests.docs.pages import ROOT, all_blocks, blocks, names, page, rows, section

SOURCES = [
    ROOT / "tests" / "training.py",
    *(
        path
        for folder in ("persona_router", "actions", "scripts")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ),
]
QUIET = {"RASA_TELEMETRY_ENABLED", "TF_CPP_MIN_LOG_LEVEL", "SANIC_HOST"}
"""Variables of other programs; the page names them in a sentence instead of its table."""


def components() -> Iterator[type[Any]]:
    for module_info in pkgutil.iter_modules(persona_router.rasa.__path__, "persona_router.rasa."):
        module = import_module(module_info.name)
        for thing in vars(module).values():
            own = inspect.isclass(thing) and thing.__module__ == module.__name__
            if own and "get_default_config" in vars(thing):
                yield thing


def settings(component: type[Any]) -> dict[str, Any]:
    """Return our settings of a component: Rasa documents those of a classifier that it derives."""
    known = {}
    if issubclass(component, LogisticRegressionClassifier):
        known = LogisticRegressionClassifier.get_default_config()
    ours = component.get_default_config()
    return {name: value for name, value in ours.items() if name not in known}


def test_configuration_describes_every_setting_of_every_component() -> None:
    table = rows(section(page("configuration"), "config.yml"), "component", "setting")
    written = {(row["component"].strip("`"), row["setting"].strip("`")) for row in table}
    assert written == {
        (component.__name__, setting)
        for component in components()
        for setting in settings(component)
    }


def test_configuration_gives_the_components_defaults() -> None:
    table = rows(section(page("configuration"), "config.yml"), "component", "setting", "default")
    written = {(row["component"].strip("`"), row["setting"].strip("`")): row for row in table}
    for component in components():
        for setting, value in settings(component).items():
            default = written[component.__name__, setting]["default"]
            if value is None:
                assert "`" not in default, (component, setting)
            else:
                assert default == f"`{value}`", (component, setting)


def test_configuration_describes_every_setting_of_the_channel() -> None:
    taken = set(inspect.signature(WebsiteChannel.__init__).parameters) - {"self"}
    column = "setting of `persona_router.rasa.channel.WebsiteChannel`"
    assert names(section(page("configuration"), "credentials.yml"), column) == taken


def test_configuration_describes_every_setting_of_the_nlg() -> None:
    read = set(re.findall(r'settings\.get\("(\w+)"', inspect.getsource(nlg)))
    assert read
    written = names(section(page("configuration"), "endpoints.yml"), "setting of `nlg`")
    assert {name for name in written if re.fullmatch(r"\w+", name)} == {*read, "type"}


def test_configuration_describes_every_option_of_the_desk(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        server.main(["--help"])
    shown = set(re.findall(r"--\w+", capsys.readouterr().out)) - {"--help"}
    assert names(section(page("configuration"), "The desk"), "option") == shown


def environment_variables() -> set[str]:
    """Return the names that the sources ask the environment for, by constant or in plain."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]
    constants: dict[str, str] = {}
    asked: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                for target in node.targets:
                    if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                        constants[target.id] = node.value.value
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and re.fullmatch(
                r"(PERSONA_ROUTER|SHOP)_[A-Z_]+", str(node.value)
            ):
                asked.add(str(node.value))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.environ.get":
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    asked.add(str(name.value))
                elif isinstance(name, ast.Name) and name.id in constants:
                    asked.add(constants[name.id])
    setup = (ROOT / "scripts" / "setup.sh").read_text(encoding="utf-8")
    return asked | set(re.findall(r"\$\{(UV|NO_COLOR):-", setup))


def test_configuration_describes_every_environment_variable() -> None:
    text = section(page("configuration"), "Environment variables")
    assert environment_variables() - names(text, "variable") - QUIET == set()
    assert all(f"`{name}`" in text for name in QUIET)


def test_configuration_names_no_environment_variable_that_nobody_reads() -> None:
    written = names(section(page("configuration"), "Environment variables"), "variable")
    everything = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    everything += (ROOT / "scripts" / "setup.sh").read_text(encoding="utf-8")
    assert {name for name in written if name not in everything} == set()


def test_configuration_lists_every_file_of_the_state_folder() -> None:
    kept: set[str] = set()
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        kept.update(re.findall(r'state_file\("([^"]+)"\)', source))
        kept.update(f"{name}.secret" for name in re.findall(r'\bsecret\("(\w+)"\)', source))
    for name in (server.COOKIE_SECRET, server.RASA_TOKEN):
        kept.add(f"{name}.secret")
    written = names(section(page("configuration"), "State folder"), "file")
    assert {"handoff.sqlite", "desk.sqlite", "desk_session.secret"} <= kept
    assert kept - written == set()


@pytest.mark.parametrize("name", ["README", "install"])
def test_module_paths_in_settings_can_be_imported(name: str) -> None:
    text = "\n".join(blocks(page(name), "yaml"))
    paths = set(re.findall(r"persona_router\.rasa\.\w+\.\w+", text))
    assert paths
    for path in paths:
        module, _, thing = path.rpartition(".")
        assert hasattr(import_module(module), thing), path


def test_install_gives_only_settings_that_exist() -> None:
    known = {
        f"{component.__module__}.{component.__name__}": set(component.get_default_config())
        for component in components()
    }
    found = 0
    for block in blocks(page("install"), "yaml"):
        settings = yaml.safe_load(block)
        for entry in (*settings.get("pipeline", ()), *settings.get("policies", ())):
            if entry["name"] in known:
                assert set(entry) - {"name"} <= known[entry["name"]], entry
                found += 1
    assert found == len(known)


def test_install_names_actions_that_exist() -> None:
    (block,) = blocks(page("install"), "python")
    made: dict[str, Any] = {}
    exec(compile(block, "docs/install.md", "exec"), made)
    own = (ROOT / "actions" / "handoff.py").read_text(encoding="utf-8")
    assert all(name in made and name in own for name in made["__all__"])


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_blocks_of_data_can_be_read(kind: str) -> None:
    read = 0
    for path in (ROOT / "docs").glob("*.md"):
        for block in all_blocks(path.read_text(encoding="utf-8")):
            if block.kind == kind:
                assert yaml.safe_load(block.text), path.name
                read += 1
    assert read >= 3
