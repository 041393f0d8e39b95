"""What agents at another desk read, in their language."""

from persona_router.handoff.notes import facts, note, parting_note, title, transcript
from persona_router.handoff.queue import Line
from tests.handoff.making import NOW, handoff, words


def test_title_tells_handoffs_apart() -> None:
    assert title(handoff(), words("en")) == "track order · German · 3f2a9c00d1e2b3a4"
    assert title(handoff(intent=None), words("tr")).endswith("Almanca · 3f2a9c00d1e2b3a4")


def test_facts_are_in_the_agents_language() -> None:
    told = facts(handoff(), words("fr"))
    assert "Allemand (de-AT)" in told
    assert "81" in told
    assert "4471903" in told


def test_unknown_facts_are_left_out() -> None:
    bare = handoff(
        persona=None,
        posterior={},
        evidence=(),
        entities={},
        tried=(),
        intent=None,
        decision_id=None,
    )
    assert facts(bare, words("en")) == (
        "Reason: Asked for a person\nLanguage: German (de-AT)\nPersona: None assumed"
    )


def test_only_the_strongest_evidence_is_told() -> None:
    evidence = tuple(
        {"signal": f"s{number}", "value": 1.0, "decibans": strength}
        for number, strength in enumerate((0.2, -6.0, 1.0, 8.0, 0.1, -0.3, 2.0))
    )
    told = facts(handoff(evidence=evidence), words("en"))
    assert "What this rests on: s3 +8.0 dB, s1 -6.0 dB, s6 +2.0 dB, s2 +1.0 dB, s5 -0.3 dB" in told


def test_transcript_names_speakers_and_times() -> None:
    lines = (
        Line(sender="customer", text="أين طلبي؟", at=NOW),
        Line(sender="bot", text="Unterwegs.", at=NOW + 60),
        Line(sender="agent", text="Hallo", at=NOW + 120, name="Özge"),
    )
    assert transcript(lines, words("en")).splitlines() == [
        "Customer (1/15/27, 8:00\u202fAM UTC): أين طلبي؟",
        "Assistant (1/15/27, 8:01\u202fAM UTC): Unterwegs.",
        "Özge (1/15/27, 8:02\u202fAM UTC): Hallo",
    ]


def test_very_long_transcript_keeps_its_end() -> None:
    lines = tuple(Line(sender="customer", text=f"{n} " + "x" * 1000, at=NOW) for n in range(100))
    told = transcript(lines, words("en"))
    assert told.startswith("…\n")
    assert " 99 x" in told
    assert len(told) < 62_000
    assert "y" * 90_000 in transcript(
        (Line(sender="customer", text="y" * 90_000, at=NOW),), words("en")
    )


def test_note_holds_title_facts_and_transcript() -> None:
    parts = note(handoff(), words("de")).split("\n\n")
    assert [part.splitlines()[0].partition(":")[0] for part in parts] == [
        "track order · Deutsch · 3f2a9c00d1e2b3a4",
        "Grund",
        "Gespräch",
    ]


def test_parting_is_told_in_every_language() -> None:
    told = {
        parting_note("moved", words(code))
        for code in ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar")
    }
    assert len(told) == 10
