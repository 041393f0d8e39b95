import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from persona_router.cli import main
from tests.served import SERVED

SAMPLE = Path(__file__).parents[2] / "data"
FOUR = ("a.yml", "b.yml", "c.yml", "d.yml")


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what `check` reads of the sample, so that nobody's edit disturbs a test."""
    folder = tmp_path_factory.mktemp("original") / "data"
    for name in ("personas", "knowledge", "responses"):
        shutil.copytree(SAMPLE / name, folder / name)
    # What the sample has not translated yet is told by other tests.
    there = [
        {path.stem for path in place.glob("*.md")} for place in (folder / "knowledge").iterdir()
    ]
    local = ", ".join(sorted(set.union(*there) - set.intersection(*there)))
    policy = (SAMPLE / "routing.yml").read_text(encoding="utf-8")
    rules = f"\narticles: {{local: [{local}]}}\n"
    (folder / "routing.yml").write_text(policy + rules, encoding="utf-8")
    return folder


@pytest.fixture
def data(original: Path, tmp_path: Path) -> Path:
    """The content folder of an assistant of its own."""
    shutil.copytree(original, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def check(data: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[], tuple[int, list[str]]]:
    """A function that runs the command and returns its status and lines, paths made relative."""

    def run() -> tuple[int, list[str]]:
        status = main(["check", "--at", "2026-11-23", "--project", str(data.parent)])
        return status, capsys.readouterr().out.replace(f"{data.parent}/", "").splitlines()

    return run


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_check_of_sound_content_finds_nothing(check) -> None:
    assert check() == (0, ["No faults."])


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        pytest.param(
            lambda data: (data / "routing.yml").unlink(),
            "data/routing.yml: The file is missing. Create or restore it.",
            id="routing-missing",
        ),
        pytest.param(
            lambda data: (data / "routing.yml").write_text("", encoding="utf-8"),
            "data/routing.yml: It holds no keys. Start it with 'key: value' lines.",
            id="routing-empty",
        ),
        pytest.param(
            lambda data: change(data / "routing.yml", "Europe/Madrid", "Europe/Madird"),
            "data/routing.yml: routes.phone.services[4].timezone: "
            "Unknown time zone 'Europe/Madird'. Write an IANA name such as Europe/Berlin.",
            id="routing-zone",
        ),
        pytest.param(
            lambda data: change(data / "routing.yml", "2026-12-24", "2026-12-52"),
            "data/routing.yml: It holds a malformed value (day is out of range for month). "
            "Mend it.",
            id="routing-date",
        ),
        pytest.param(
            lambda data: change(data / "personas" / "talker.yml", "route: phone", "route: fax"),
            "data/personas/talker.yml: routes[1].route: Unknown route 'fax'. "
            "Declared: self_service, knowledge_base, agent, phone.",
            id="card-route",
        ),
        pytest.param(
            lambda data: change(data / "personas" / "talker.yml", "strong for", "hefty for"),
            "data/personas/talker.yml: signals.narrative.present: 'hefty for' is no strength. "
            "Write one of decisive, strong, moderate, weak and then 'for' or 'against', or none.",
            id="card-strength",
        ),
        pytest.param(
            lambda data: [
                shutil.copyfile(data / "personas" / "talker.yml", data / "personas" / name)
                for name in FOUR[:1]
            ],
            "data/personas: 4 personas are declared. "
            "Keep 3 at most: more cannot be told apart in a chat.",
            id="four-personas",
        ),
        pytest.param(
            lambda data: [card.unlink() for card in (data / "personas").glob("*.yml")],
            "data/personas: It holds no persona card (*.yml). Write two or three.",
            id="no-persona",
        ),
        pytest.param(
            lambda data: shutil.rmtree(data / "personas"),
            "data/personas: There is no such folder. Create it with a card in it.",
            id="no-folder",
        ),
        pytest.param(
            lambda data: (data / "personas" / "examples.jsonl").write_text("{\n", "utf-8"),
            "data/personas/examples.jsonl: line 1: It is no JSON "
            "(Expecting property name enclosed in double quotes). Mend the line.",
            id="examples-json",
        ),
        pytest.param(
            lambda data: (data / "personas" / "examples.jsonl").write_text(
                json.dumps(
                    {"id": "x1", "language": "de", "persona": "vip", "turns": [{"text": "hallo"}]}
                ),
                "utf-8",
            ),
            "data/personas/examples.jsonl: case x1: Unknown persona 'vip'. "
            "Declared in data/personas: researcher, sprinter, talker.",
            id="examples-persona",
        ),
        pytest.param(
            lambda data: (data / "responses" / "es.yml").unlink(),
            "data/responses/es.yml: The file is missing. Translate it to es.",
            id="texts-missing",
        ),
        pytest.param(
            lambda data: (data / "responses" / "latin.yml").write_text("texts: {}", "utf-8"),
            "data/responses/latin.yml: 'latin' is no locale. "
            "Name the file after a BCP 47 tag, such as de.yml or pt-BR.yml.",
            id="texts-name",
        ),
    ],
)
def test_check_names_file_place_and_remedy_in_one_line(check, data, spoil, line) -> None:
    spoil(data)
    assert check() == (1, [line, "1 fault"])


@pytest.mark.parametrize(
    ("own", "line"),
    [
        ("phrases: {anger: ['(böse|wütend']}",
         "phrases.anger: The phrase '(böse|wütend' has unmatched brackets. "
         "Write a word, and close every bracket."),
        ("phrases: {anger: ['']}",
         "phrases.anger: The phrase '' can be empty. Write a word, and close every bracket."),
        ("one_line: 0", "one_line: 0.0 is no length. Write a number of words."),
        ("words: {}", "words: Unknown key 'words'. Known: one_line, phrases."),
    ],
)  # fmt: skip
def test_check_reads_the_hosts_own_phrases(check, data, own: str, line: str) -> None:
    (data / "lexicon").mkdir()
    (data / "lexicon" / "de.yml").write_text(own, encoding="utf-8")
    assert check() == (1, [f"data/lexicon/de.yml: {line}", "1 fault"])


def responses(data: Path, **languages: str) -> None:
    shutil.rmtree(data / "responses")
    (data / "responses").mkdir()
    for language in SERVED:
        text = languages.get(language, 'texts: {utter_hi: {text: "{name}"}}')
        (data / "responses" / f"{language}.yml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("german", "line"),
    [
        ("texts: {}", "texts.utter_hi: The text is missing. Translate it to de."),
        ('texts: {utter_hi: {text: "{name}"}}\nphrases: {extra: x}',
         "phrases.extra: The default locale has no such text. Remove it."),
        ('texts: {utter_hi: {text: "{vorname}"}}',
         "texts.utter_hi: Placeholders ['vorname'] differ from ['name']. Use the same ones."),
        ('texts: {utter_hi: {text: "{name}", buttons: [{title: a, payload: why}]}}',
         "texts.utter_hi.buttons[1]: The default locale has no such text. Remove it."),
    ],
)  # fmt: skip
def test_check_compares_texts_between_languages(check, data, german: str, line: str) -> None:
    responses(data, de=german)
    assert check() == (1, [f"data/responses/de.yml: {line}", "1 fault"])


def test_check_wants_texts_of_the_default_locale(check, data) -> None:
    responses(data)
    (data / "responses" / "en.yml").unlink()
    assert check() == (
        1,
        ["data/responses/en.yml: The default locale has no texts. Write them.", "1 fault"],
    )


def test_check_lists_every_fault_at_once_in_the_same_order(check, data) -> None:
    (data / "personas" / "sprinter.yml").write_text("name: [", encoding="utf-8")
    (data / "personas" / "talker.yml").write_text("name: The talker\n", encoding="utf-8")
    (data / "knowledge" / "de" / "broken.md").write_text("no front matter", encoding="utf-8")
    responses(data, de="texts: {}\nphrases: {b: x, a: y}", es="phrases: {}")
    status, lines = check()
    assert status == 1
    assert lines[-1] == f"{len(lines) - 1} faults"
    assert [line.split(": ")[0] for line in lines[:-1]] == [
        "data/knowledge/de/broken.md",
        "data/personas/sprinter.yml",
        "data/personas/talker.yml",
        "data/responses/de.yml",
        "data/responses/de.yml",
        "data/responses/de.yml",
        "data/responses/es.yml",
    ]
    assert [line.split(": ")[1] for line in lines[3:6]] == [
        "texts.utter_hi",
        "phrases.a",
        "phrases.b",
    ]
    assert check() == (status, lines)


def test_check_of_an_article_names_it(check, data) -> None:
    (data / "knowledge" / "ar" / "broken.md").write_bytes(b"\xff\xfe")
    status, lines = check()
    assert status == 1
    assert len(lines) == 2
    assert lines[0].startswith("data/knowledge/ar/broken.md: ")


def test_check_works_without_the_optional_folders(check, data) -> None:
    shutil.rmtree(data / "knowledge")
    shutil.rmtree(data / "responses")
    (data / "personas" / "examples.jsonl").unlink()
    assert check() == (0, ["No faults."])


def test_check_of_an_empty_folder_says_what_is_missing(tmp_path, capsys) -> None:
    assert main(["check", "--project", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path}/data/routing.yml: The file is missing. Create or restore it.",
        "1 fault",
    ]


def test_check_warns_of_an_overdue_review_and_fails_after_the_grace(data, capsys) -> None:
    command = ["check", "--project", str(data.parent), "--at"]
    assert main([*command, "2027-05-22"]) == 0
    assert capsys.readouterr().out == "No faults.\n"
    assert main([*command, "2027-06-01"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "No faults. (3 warnings)"
    assert lines[0].startswith(
        f"Warning: {data}/personas/researcher.yml: review_due: The review by"
    )
    assert main([*command, "2027-07-01"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "3 faults"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "says: tells what happened in its order, evidence: [narrative]",
            "says: tells what happened in its order, evidence: [survey]",
            "behaviour[1]: Unknown evidence 'survey'. Declared under evidence: ",
        ),
        (
            "- {says: to be understood by a person, evidence: [reading]}",
            "- is a pensioner who wants to talk",
            "goals[1]: 'pensioner' says who somebody is (age), not what they do. ",
        ),
        ("picture: talker.svg", "picture: talker.jpg", "picture: 'talker.jpg' is no name of a"),
    ],
)
def test_check_looks_at_what_cards_say(check, data, old: str, new: str, line: str) -> None:
    change(data / "personas" / "talker.yml", old, new)
    status, lines = check()
    assert status == 1
    assert any(said.startswith(f"data/personas/talker.yml: {line}") for said in lines)


def test_check_refuses_personas_that_cannot_be_told_apart(check, data) -> None:
    cards = data / "personas"
    sprinter = (cards / "sprinter.yml").read_text(encoding="utf-8")
    talker = (cards / "talker.yml").read_text(encoding="utf-8")
    start, end = talker.index("routes:"), talker.index("evidence:\n  ")
    own = sprinter[: sprinter.index("routes:")] + talker[start:end]
    (cards / "sprinter.yml").write_text(
        own + sprinter[sprinter.index("evidence:\n  ") :], encoding="utf-8"
    )
    status, lines = check()
    assert status == 1
    found = [line for line in lines if line.startswith("data/personas: ")]
    assert found == [
        "data/personas: routes: 'sprinter' and 'talker' rank all routes alike. "
        "Merge them: a persona that wants the same as another changes nothing.",
        "data/personas: signals: Signals cannot tell 'sprinter' and 'talker' apart: after 3 turns "
        "the right one is expected to have 0.50, not 0.75. "
        "Give strengths to signals on which they differ, or merge them.",
    ]


def test_check_names_a_signal_that_measures_who_somebody_is(check, monkeypatch) -> None:
    from persona_router.core import signals

    def measure(turn: object) -> float | None:
        """Sounds like a pensioner."""
        return None

    monkeypatch.setattr(signals, "_REGISTRY", dict(signals._REGISTRY))
    signals.signal("slow")(measure)
    assert check() == (
        1,
        [
            "persona_router.signals: Signal 'slow' is refused: 'pensioner' says who somebody is "
            "(age), not what they do. Describe the behaviour instead.",
            "1 fault",
        ],
    )


def test_check_names_what_is_wrong_with_the_desk_that_handoffs_go_to(check, data) -> None:
    endpoints = data.parent / "endpoints.yml"
    endpoints.write_text("handoff: {provider: fax}\n", encoding="utf-8")
    assert check() == (
        1,
        [
            "endpoints.yml: handoff.provider: 'fax' is no provider. Choose one of embedded, "
            "chatwoot, zammad, webhook.",
            "1 fault",
        ],
    )


def test_check_names_what_is_wrong_with_the_address_of_the_article_index(
    check, monkeypatch
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_KNOWLEDGE_URL", "mysql://assistant:geheim@db/assistant")
    assert check() == (
        1,
        [
            "environment: PERSONA_ROUTER_KNOWLEDGE_URL: The scheme 'mysql' is not one of "
            "PostgreSQL. Give postgresql://user:password@host/name.",
            "1 fault",
        ],
    )


def test_check_reads_the_compared_policy_too(check, data: Path) -> None:
    other = data / "routing.b.yml"
    usual = (data / "routing.yml").read_text(encoding="utf-8")
    change(data / "routing.yml", "comparison:\n  share: 0", "comparison:\n  policy: routing.b.yml")
    assert check() == (
        1,
        ["data/routing.b.yml: The file is missing. Create or restore it.", "1 fault"],
    )
    other.write_text(usual, encoding="utf-8")
    assert check() == (0, ["No faults."])
    change(other, "default_locale: en", "default_locale: de")
    status, lines = check()
    assert (status, len(lines)) == (1, 2)
    assert lines[0].startswith("data/routing.b.yml: default_locale: It is not as in routing.yml.")
