"""A team adds Swedish to the sample assistant: files of its own, no code, no change of the package.

The "translations" are the English texts behind a mark: what is tested is that they arrive.
"""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.events import UserUttered
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.utils.endpoints import EndpointConfig

from persona_router.chat.pages import Pages
from persona_router.cli import main
from persona_router.content.lexicons import read_lexicons
from persona_router.content.policies import read_policy
from persona_router.core.text import fold
from persona_router.desk.texts import choose_texts, load_texts
from persona_router.knowledge.labels import labels
from persona_router.rasa.language import LanguageIdentifier
from persona_router.rasa.nlg import LocalizedNLG
from tests.rasa.parts import CONTEXT, RESOURCE, conversation, host_domain, message, storage, uttered

SAMPLE = Path(__file__).parents[2] / "data"
MARK = "på svenska: "


def translated(value: Any, key: str = "") -> Any:
    """Return the content of a text file with a mark before every sentence."""
    if isinstance(value, dict):
        return {name: translated(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [translated(inner) for inner in value]
    return value if key in {"payload", "locale", "dir"} else f"{MARK}{value}"


def rewrite(path: Path, target: Path | None = None) -> None:
    content = translated(yaml.safe_load(path.read_text(encoding="utf-8")))
    text = yaml.safe_dump(content, allow_unicode=True)
    (target or path).write_text(text, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> Path:
    """Return an assistant's folder with Swedish added, as docs/languages.md tells."""
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    for name in ("personas", "knowledge", "responses"):
        shutil.copytree(SAMPLE / name, data / name)
    policy = yaml.safe_load((SAMPLE / "routing.yml").read_text(encoding="utf-8"))
    policy["languages"].append("sv")
    policy["fallbacks"]["sv"] = ["en"]
    for route in ("agent", "phone"):
        policy["routes"][route]["services"][0]["locales"].append("sv")
    (data / "routing.yml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    assert main(["init", "--language", "sv"]) == 0
    for path in (data / "texts").rglob("sv.yml"):
        rewrite(path)
    rewrite(data / "responses" / "en.yml", data / "responses" / "sv.yml")
    (data / "lexicon").mkdir()
    (data / "lexicon" / "sv.yml").write_text(
        "one_line: 7\nphrases: {wish_person: [prata med (någon|en människa)]}\n", encoding="utf-8"
    )
    (data / "texts" / "neutral.yml").write_text("request: [på tack]\n", encoding="utf-8")
    capsys.readouterr()
    return tmp_path


def test_check_accepts_the_new_language(project: Path, capsys) -> None:
    assert main(["check", "--at", "2026-11-23"]) == 0, capsys.readouterr().out


def test_check_names_what_is_left_in_english(project: Path, capsys) -> None:
    shutil.rmtree(project / "data" / "texts")
    main(["init", "--language", "sv"])
    capsys.readouterr()
    assert main(["check", "--at", "2026-11-23"]) == 1
    faults = capsys.readouterr().out.splitlines()
    left = "'Things that make a house a home' is not translated. Translate it to sv."
    assert f"data/texts/page/sv.yml: strings.shop_heading: {left}" in faults


def test_messages_are_identified_and_the_language_can_be_asked_for(project: Path) -> None:
    config = {**LanguageIdentifier.get_default_config(), "routing": "data/routing.yml"}
    models = storage(project / "model")
    LanguageIdentifier.create(config, models, RESOURCE, CONTEXT).train(TrainingData())
    component = LanguageIdentifier.load(config, models, RESOURCE, CONTEXT)
    for text, requested in (
        ("Var är mitt paket? Jag har väntat sedan i måndags.", False),
        ("swedish please", True),
        ("på svenska tack", True),
    ):
        [found] = component.process([message(text)], conversation())
        language = found.get("language")
        assert (language["code"], language["served"]) == ("sv", True), text
        assert language["requested"] is requested


def test_replies_page_desk_and_articles_speak_it(project: Path) -> None:
    domain = host_domain()
    endpoint = EndpointConfig(responses="data/responses", routing="data/routing.yml")
    swedish: UserUttered = uttered("hej", language={"code": "sv", "locale": "sv-SE"})
    nlg = LocalizedNLG(endpoint, domain)
    for name in ("utter_stopped", "utter_greet"):
        reply = asyncio.run(nlg.generate(name, conversation(swedish), "website"))
        assert reply is not None
        assert (reply["locale"], reply["text"][: len(MARK)]) == ("sv", MARK)
    page = Pages(read_policy(Path("data/routing.yml"))).page("sv-SE")
    assert '<html lang="sv" dir="ltr">' in page
    assert f"{MARK}Things that make a house a home" in page
    assert choose_texts(load_texts(), "sv")("queue.title").startswith(MARK)
    assert labels("sv")["updated"].startswith(MARK)


def test_a_wish_is_heard(project: Path) -> None:
    lexicon = read_lexicons(["sv"], own=Path("data/lexicon"))["sv"]
    assert lexicon.says("wish_person", fold("Får jag prata med en människa?"))
