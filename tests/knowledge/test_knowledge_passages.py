"""Passages: short enough to answer, whole enough to stand alone."""

from persona_router.knowledge.passages import passages

BODY = """Erst die Antwort. Dann **mehr** dazu mit [Link](other.md).

## Fristen

### Inland
Zwei Tage.

### Ausland
- Schweiz
- Türkei

## Preise
| Ziel | Preis |
|---|---|
| Inland | 3 EUR |
"""


def test_passages_follow_the_headings() -> None:
    found = passages(BODY, length=900)
    assert [passage.headings for passage in found] == [
        (),
        ("Fristen", "Inland"),
        ("Fristen", "Ausland"),
        ("Preise",),
    ]


def test_passage_text_is_what_a_reader_sees() -> None:
    found = passages(BODY, length=900)
    assert found[0].sentences == ("Erst die Antwort.", "Dann mehr dazu mit Link.")
    assert found[2].sentences == ("Schweiz", "Türkei")
    assert found[3].sentences == ("Ziel, Preis", "Inland, 3 EUR")
    assert found[0].markdown == "Erst die Antwort. Dann **mehr** dazu mit [Link](other.md)."


def test_long_paragraph_is_split_at_sentences() -> None:
    found = passages("هل وصل الطرد؟ نعم وصل. شكرًا لكم.", length=20)
    assert [passage.text for passage in found] == ["هل وصل الطرد؟", "نعم وصل. شكرًا لكم."]


def test_long_list_is_split_at_items_and_keeps_its_marks() -> None:
    found = passages("- eins eins\n- zwei zwei\n- drei drei", length=25)
    assert [passage.markdown for passage in found] == ["- eins eins\n- zwei zwei", "- drei drei"]


def test_long_table_repeats_its_head() -> None:
    body = "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"
    found = passages(body, length=12)
    assert [passage.markdown for passage in found] == [
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "| a | b |\n|---|---|\n| 3 | 4 |",
    ]


def test_article_of_headings_only_is_one_passage() -> None:
    (passage,) = passages("# Versand\n\n## Kosten", length=900)
    assert passage.text == "Versand Kosten"


def test_nothing_of_the_text_is_lost() -> None:
    for length in (1, 10, 40, 900):
        text = " ".join(passage.text for passage in passages(BODY, length=length))
        for word in ("Antwort", "dazu", "Zwei", "Schweiz", "Türkei", "3 EUR"):
            assert word in text
