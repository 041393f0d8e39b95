from importlib.metadata import EntryPoint

import pytest

from persona_router.content import plugins
from persona_router.core import signals


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "_REGISTRY", dict(signals._REGISTRY))


def install(monkeypatch: pytest.MonkeyPatch, *points: EntryPoint) -> None:
    monkeypatch.setattr(
        plugins, "entry_points", lambda group: points if group == plugins.GROUP else ()
    )


def test_load_signals_has_the_built_in_ones_described() -> None:
    found = plugins.load_signals()
    assert {"brevity", "haste", "questions", "reads_help", "anger"} <= set(found)
    assert found["questions"].description == "Asks several precise questions in one message."
    assert all(entry.description.endswith(".") for entry in found.values())


def test_load_signals_imports_those_of_other_packages(monkeypatch, tmp_path) -> None:
    (tmp_path / "my_shop_signals.py").write_text(
        "from persona_router.core.signals import signal\n"
        '@signal("ends_with_dots")\n'
        "def dots(turn):\n"
        '    """Trails off."""\n'
        '    return float(turn.text.endswith("…"))\n',
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    install(monkeypatch, EntryPoint("shop", "my_shop_signals", plugins.GROUP))
    assert plugins.load_signals()["ends_with_dots"].description == "Trails off."


def test_load_signals_names_a_plugin_that_fails(monkeypatch) -> None:
    install(monkeypatch, EntryPoint("shop", "no_such_module_anywhere", plugins.GROUP))
    with pytest.raises(ImportError) as caught:
        plugins.load_signals()
    assert str(caught.value) == (
        "Signal plug-in 'shop' failed: No module named 'no_such_module_anywhere'. "
        "Mend or uninstall its package."
    )


@pytest.mark.parametrize(
    ("name", "description", "hit"),
    [
        ("is_pensioner", "Writes slowly.", "'pensioner' says who somebody is (age)"),
        ("formal", "Schreibt wie ein Rentner.", "'rentner' says who somebody is (age)"),
    ],
)
def test_load_signals_refuses_one_that_names_a_protected_attribute(
    name: str, description: str, hit: str
) -> None:
    def measure(turn) -> float | None:
        return None

    measure.__doc__ = description
    signals.signal(name)(measure)
    with pytest.raises(ImportError) as caught:
        plugins.load_signals()
    assert str(caught.value) == (
        f"Signal '{name}' is refused: {hit}, not what they do. Describe the behaviour instead."
    )
