"""Examples of intents as Rasa's files hold them, and which intents an assistant has."""

from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.content.nlu_examples import NluExample, known_intents, read_nlu_examples
from persona_router.content.policies import DEFAULT_POLICY, read_policy

TURKISH = """\
version: "3.1"
nlu:
- intent: track_order
  examples: |
    - kargom nerede
    - [4471903](order_number) numaralı siparişim
    - [yarın]{"entity": "time", "value": "1"} gelir mi
- intent: faq/hours
  examples:
  - text: "kaçta açılıyorsunuz"
- lookup: city
  examples: |
    - İzmir
"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_examples_are_read_without_marks(tmp_path: Path) -> None:
    write(tmp_path / "data" / "nlu" / "tr.yml", TURKISH)
    assert read_nlu_examples(tmp_path) == (
        NluExample(language="tr", intent="track_order", text="kargom nerede"),
        NluExample(language="tr", intent="track_order", text="4471903 numaralı siparişim"),
        NluExample(language="tr", intent="track_order", text="yarın gelir mi"),
        NluExample(language="tr", intent="faq", text="kaçta açılıyorsunuz"),
    )


def test_file_that_names_no_locale_has_no_language(tmp_path: Path) -> None:
    write(tmp_path / "data" / "nlu" / "shop_orders.yml", "nlu:\n- intent: a\n  examples: '- hi'\n")
    write(tmp_path / "data" / "nlu.yml", "nlu: 3\n")
    assert [example.language for example in read_nlu_examples(tmp_path)] == [""]


def test_broken_yaml_is_named(tmp_path: Path) -> None:
    write(tmp_path / "data" / "nlu" / "de.yml", "nlu: [")
    with pytest.raises(ContentError, match=r"de\.yml: line 2"):
        read_nlu_examples(tmp_path)


def test_intents_come_from_domain_policy_and_examples(tmp_path: Path) -> None:
    policy = read_policy(DEFAULT_POLICY)
    assert known_intents(tmp_path, policy, ()) is None
    write(tmp_path / "domain.yml", "intents: [order_pizza, {bye: {use_entities: []}}, faq/hours]")
    example = NluExample(language="de", intent="greet", text="hallo")
    assert known_intents(tmp_path, policy, (example,)) == {
        "order_pizza", "bye", "faq", "greet", "affirm", "nlu_fallback"
    }  # fmt: skip


def test_domain_may_be_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "domain" / "shop.yml", "intents: [order_pizza]")
    found = known_intents(tmp_path, read_policy(DEFAULT_POLICY), ())
    assert found is not None
    assert "order_pizza" in found
