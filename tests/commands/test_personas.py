import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest
import yaml

from persona_router.cli import main
from persona_router.content.cards import FINDING_KEYS, STATEMENT_KEYS, read_cards
from persona_router.content.personas import CARD_KEYS, CARD_SCHEMA, STRENGTHS
from persona_router.content.plugins import load_signals
from tests.content.card_files import CARD
from tests.served import SERVED

SAMPLE = Path(__file__).parents[2] / "data"
EXAMPLES = SAMPLE / "personas" / "examples.jsonl"
ROUTES = ("self_service", "knowledge_base", "agent", "phone")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE / "personas", tmp_path / "data" / "personas")
    shutil.copyfile(SAMPLE / "routing.yml", tmp_path / "data" / "routing.yml")
    return tmp_path


def schema() -> dict[str, object]:
    loaded: dict[str, object] = json.loads(CARD_SCHEMA.read_text(encoding="utf-8"))
    return loaded


def plain(card: object) -> object:
    """Return the card as JSON has it: dates as texts."""
    return json.loads(json.dumps(card, default=str))


def test_evidence_of_the_sample_is_what_the_command_counts(project: Path, capsys) -> None:
    before = {path: path.read_bytes() for path in (project / "data" / "personas").iterdir()}
    assert main(["personas", "evidence", "--write", "--project", str(project), str(EXAMPLES)]) == 0
    said = capsys.readouterr().out
    counted = {path for path in before if path.read_bytes() != before[path]}
    assert not counted, "Phrase lists or signals changed: write the sample's counts anew."
    assert "talker: 84 conversations with 206 turns in ar, de, en" in said
    assert said.count(": 0 of 1") == 3


def test_evidence_prints_counts_beside_the_cards_strengths(project: Path, capsys) -> None:
    assert main(["personas", "evidence", "--project", str(project), str(EXAMPLES)]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "route phone 100% 1% +20.4 decisive for - phone" in lines
    assert "device tablet 25% 7% +5.7 strong for - tablet" in lines
    (narrative,) = [line for line in lines if line.endswith("strong for narrative")]
    assert narrative.startswith("signal narrative ")
    assert any(re.fullmatch("signal pause .* weak for -", line) for line in lines)


def test_evidence_fills_entries_and_leaves_everything_else(project: Path) -> None:
    path = project / "data" / "personas" / "talker.yml"
    text = path.read_text(encoding="utf-8")
    before = yaml.safe_load(text)
    start = text.index("  narrative:\n    signal: narrative\n")
    end = text.index("  courtesy:\n    signal: courtesy")
    bare = "  narrative: {signal: narrative}  # to be counted\n"
    path.write_text(text[:start] + bare + text[end:], encoding="utf-8")
    assert main(["personas", "evidence", "--write", "--project", str(project), str(EXAMPLES)]) == 0
    after = yaml.safe_load(path.read_text(encoding="utf-8"))
    for card in (before, after):
        del card["evidence"]["narrative"]["date"]
    assert after == before
    assert "# to be counted" in path.read_text(encoding="utf-8")


def test_evidence_of_real_conversations_stays_real(project: Path) -> None:
    path = project / "data" / "personas" / "talker.yml"
    card = yaml.safe_load(path.read_text(encoding="utf-8"))
    card["evidence"]["narrative"] = {"signal": "narrative", "illustrative": False}
    path.write_text(yaml.safe_dump(card), encoding="utf-8")
    assert main(["personas", "evidence", "--write", "--project", str(project), str(EXAMPLES)]) == 0
    written = yaml.safe_load(path.read_text(encoding="utf-8"))["evidence"]["narrative"]
    assert (written["illustrative"], written["source"], written["sample"]) == (
        False, "examples.jsonl", 250,
    )  # fmt: skip


def test_evidence_without_conversations_of_a_persona_says_so(project: Path, capsys) -> None:
    talker = '{"id": "1", "language": "de", "persona": "talker", "turns": [{"text": "hallo du"}]}'
    own = project / "own.jsonl"
    own.write_text(talker, encoding="utf-8")
    assert main(["personas", "evidence", "--project", str(project), str(own)]) == 2
    assert capsys.readouterr().err == (
        f"{own}: There is no labelled conversation of 'researcher'. Label some conversations.\n"
    )


def test_evidence_of_an_unknown_signal_is_named(project: Path, capsys) -> None:
    path = project / "data" / "personas" / "researcher.yml"
    text = path.read_text(encoding="utf-8").replace("signal: terms", "signal: tems")
    path.write_text(text, encoding="utf-8")
    assert main(["personas", "evidence", "--project", str(project), str(EXAMPLES)]) == 2
    assert capsys.readouterr().err.startswith(f"{path}: evidence: Unknown signal 'tems'. Known: ")


def test_render_writes_every_card_in_every_language(project: Path, capsys) -> None:
    out = project / "pages"
    assert main(["personas", "render", "--project", str(project), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"40 pages written. Open {out / 'en' / 'index.html'}.\n"
    assert sorted(folder.name for folder in out.iterdir()) == sorted(SERVED)
    for folder in out.iterdir():
        assert sorted(page.name for page in folder.iterdir()) == [
            "index.html", "researcher.html", "sprinter.html", "talker.html",
        ]  # fmt: skip
    page = (out / "tr" / "talker.html").read_text(encoding="utf-8")
    assert '<html lang="tr" dir="ltr">' in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_render_in_one_language_links_to_no_other(project: Path) -> None:
    out = project / "pages"
    command = ["personas", "render", "--project", str(project), "--out", str(out)]
    assert main([*command, "--language", "ar"]) == 0
    assert [folder.name for folder in out.iterdir()] == ["ar"]
    assert "hreflang" not in (out / "ar" / "talker.html").read_text(encoding="utf-8")


def test_render_names_unusable_input(project: Path, capsys) -> None:
    (project / "file").write_text("", encoding="utf-8")
    out = str(project / "file")
    assert main(["personas", "render", "--project", str(project), "--out", out]) == 2
    assert capsys.readouterr().err.startswith(f"{out}/en: Pages cannot be written there (")
    (project / "data" / "personas" / "talker.svg").unlink()
    assert main(["personas", "render", "--project", str(project), "--out", out]) == 2
    assert capsys.readouterr().err == (
        f"{project}/data/personas/talker.yml: picture: 'talker.svg' cannot be read. "
        "Put the file beside the card.\n"
    )


def test_schema_is_printed_as_it_is_shipped(capsys) -> None:
    assert main(["personas", "schema"]) == 0
    assert capsys.readouterr().out == CARD_SCHEMA.read_text(encoding="utf-8")


def test_schema_accepts_the_shipped_cards_and_the_one_of_these_tests() -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    for path in sorted((SAMPLE / "personas").glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=card.schema.json\n")
        jsonschema.validate(plain(yaml.safe_load(text)), schema())
    jsonschema.validate(plain(CARD), schema())


@pytest.mark.parametrize(
    "changes",
    [
        {"gender": "any"},
        {"goals": []},
        {"behaviour": [{"evidence": ["x"]}]},
        {"picture": "photo.jpg"},
        {"signals": {"length": {"present": "huge for"}}},
        {"evidence": {"x": {"source": "survey"}}},
        {"reviewed": "soon"},
    ],
)
def test_schema_refuses_what_the_reader_refuses(changes: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain({**CARD, **changes}), schema())


def test_schema_agrees_with_the_reader_on_keys() -> None:
    shape = yaml.safe_load(CARD_SCHEMA.read_text(encoding="utf-8"))
    parts = shape["definitions"]
    assert set(shape["properties"]) == set(CARD_KEYS)
    assert set(parts["finding"]["properties"]) == set(FINDING_KEYS)
    assert set(parts["statement"]["oneOf"][1]["properties"]) == set(STATEMENT_KEYS)
    sizes = {word.split()[0] for word in parts["strength"]["properties"]["present"]["enum"]}
    assert sizes == {*STRENGTHS, "none"}
    built_in = {
        name: signal.description
        for name, signal in load_signals().items()
        if signal.measure.__module__.startswith("persona_router.core")
    }
    described = shape["properties"]["signals"]["properties"]
    assert {name: entry["description"] for name, entry in described.items()} == built_in


def test_required_keys_of_the_schema_are_those_that_the_reader_misses(tmp_path: Path) -> None:
    required = set(yaml.safe_load(CARD_SCHEMA.read_text(encoding="utf-8"))["required"])
    assert set(CARD_KEYS) - required == {"share", "picture", "written_in", "answers", "evidence"}
    cards = read_cards(SAMPLE / "personas", routes=ROUTES, signals=load_signals())
    assert all(card.picture and card.written_in == "en" for card in cards)
