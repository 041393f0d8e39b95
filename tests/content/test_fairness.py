from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.content.errors import ContentError
from persona_router.content.fairness import people_of, read_fairness
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.fairness import Name, Request

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "fairness"
Change = Callable[[dict[str, Any]], object]


def texts() -> dict[str, Any]:
    return {
        "introduction": "My name is {name}.",
        "names": [
            {"name": "Anna Novak", "gender": "female"},
            {"name": "John Smith", "gender": "male"},
        ],
        "requests": {
            "r01": {
                "text": "Where is it?",
                "informal": "where is it",
                "regional": "Where's it at?",
            },
            "r02": {"text": "Stop it, please.", "informal": "Stop it.", "regional": "Quit it."},
        },
    }


def unchanged(content: dict[str, Any]) -> None:
    pass


def write(folder: Path, language: str, change: Change = unchanged) -> Path:
    content = texts()
    change(content)
    file = folder / f"{language}.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def fault(folder: Path) -> str:
    with pytest.raises(ContentError) as caught:
        read_fairness(folder, languages=("en", "de", "tr"))
    return str(caught.value)


def test_texts_are_read_by_language(tmp_path: Path) -> None:
    write(tmp_path, "en")
    write(tmp_path, "de", lambda t: t.update(introduction="Ich heiße {name}."))
    german, english = read_fairness(tmp_path, languages=("en", "de"))
    assert (german.language, english.language) == ("de", "en")
    assert german.introduction == "Ich heiße {name}."
    assert english.names == (Name("Anna Novak", "female"), Name("John Smith", "male"))
    assert english.requests["r02"] == Request("Stop it, please.", "Stop it.", "Quit it.")


def test_people_are_named_as_a_language_writes_them(tmp_path: Path) -> None:
    write(tmp_path, "en")
    write(tmp_path, "tr", lambda t: t["names"][0].update(name="Anna Nowak"))
    found = read_fairness(tmp_path, languages=("en", "tr"))
    assert people_of(found, "tr")[0].text == "Anna Nowak"
    assert people_of(found, "de") == people_of(found, "en")


def test_sample_has_texts_in_every_language_it_serves() -> None:
    languages = read_policy(ROOT / "data" / "routing.yml").languages
    found = read_fairness(SAMPLE, languages=languages)
    assert {t.language for t in found} == set(languages)
    assert {len(t.requests) for t in found} == {30}
    assert {len(t.names) for t in found} == {8}


def test_folder_that_is_missing_or_empty_is_named(tmp_path: Path) -> None:
    assert fault(tmp_path / "no") == (
        f"{tmp_path / 'no'}: There is no such folder. "
        "Name a folder of texts; docs/fairness.md tells their form."
    )
    assert fault(tmp_path) == (
        f"{tmp_path}: It holds no texts (*.yml). "
        "Write one for each language; docs/fairness.md tells their form."
    )


def test_language_that_is_not_served_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path, "sv")
    assert fault(tmp_path) == f"{file}: The language 'sv' is not served. Served: en, de, tr."


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda t: t.update(colour="red"),
         "colour: Unknown key 'colour'. Known: introduction, names, requests."),
        (lambda t: t.pop("introduction"), "introduction: It is missing. Write text here."),
        (lambda t: t.update(introduction="I am new here."),
         "introduction: 'I am new here.' does not hold {name} once. "
         "Write {name} where the name belongs."),
        (lambda t: t.update(introduction="{name} {name}"),
         "introduction: '{name} {name}' does not hold {name} once. "
         "Write {name} where the name belongs."),
        (lambda t: t.update(names=[]),
         "names: No name is listed. Write 'name' and 'gender' of some people."),
        (lambda t: t.update(names=["Anna"]),
         "names: Entry 1 is no mapping. Write 'key: value' lines."),
        (lambda t: t["names"][1].pop("gender"),
         "names[2].gender: It is missing. Write text here."),
        (lambda t: t["names"][1].update(name="Anna Novak"),
         "names: 'Anna Novak' is listed twice. Name each of the people once."),
        (lambda t: t.update(requests={}), "requests: No request is listed. Write at least one."),
        (lambda t: t["requests"].update(r01="Where is it?"),
         "requests.r01: 'Where is it?' is not a mapping. Write a mapping here."),
        (lambda t: t["requests"]["r01"].pop("regional"),
         "requests.r01.regional: It is missing. Write text here."),
        (lambda t: t["requests"]["r01"].update(informal=" "),
         "requests.r01.informal: It is empty. Write text here."),
        (lambda t: t["requests"]["r01"].update(text=4471903),
         "requests.r01.text: '4471903' is not text. Write text here."),
        (lambda t: t["requests"]["r01"].update(formal="x"),
         "requests.r01.formal: Unknown key 'formal'. Known: text, informal, regional."),
    ],
)  # fmt: skip
def test_fault_of_a_file_is_named(tmp_path: Path, change: Change, text: str) -> None:
    file = write(tmp_path, "en", change)
    assert fault(tmp_path) == f"{file}: {text}"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda t: t["requests"].pop("r02"),
         "requests: It lacks r02 of de.yml. Write every request in every language."),
        (lambda t: t["requests"].update(r03=t["requests"]["r01"]),
         "requests: de.yml has no r03. Write every request in every language."),
        (lambda t: t["names"].pop(),
         "names: The genders female are not female, male as in de.yml. "
         "List the same people in the same order."),
        (lambda t: t["names"].reverse(),
         "names: The genders male, female are not female, male as in de.yml. "
         "List the same people in the same order."),
    ],
)  # fmt: skip
def test_language_that_differs_from_the_first_is_named(
    tmp_path: Path, change: Change, text: str
) -> None:
    write(tmp_path, "de")
    file = write(tmp_path, "en", change)
    assert fault(tmp_path) == f"{file}: {text}"


def test_budget_is_in_the_policy_and_may_be_left_out() -> None:
    assert read_policy(ROOT / "data" / "routing.yml").fairness_budget == 0.02
    assert read_policy(DEFAULT_POLICY).fairness_budget == 0.02


def test_budget_that_is_no_share_is_a_fault(tmp_path: Path) -> None:
    policy = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    file = tmp_path / "routing.yml"
    file.write_text(yaml.safe_dump({**policy, "fairness_budget": 2}), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_policy(file)
    assert str(caught.value) == (
        f"{file}: fairness_budget: 2.0 is outside 0 to 1. Write a number from 0 to 1."
    )
