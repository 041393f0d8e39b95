from pathlib import Path

import pytest

from persona_router.content.cards_pictures import LARGEST_PICTURE, read_picture
from persona_router.content.errors import ContentError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
DRAWN = "Draw it with plain shapes: no script, link, style, text or embedded photo."
SAMPLE = Path(__file__).parents[2] / "data" / "personas"


def test_plain_shapes_are_read_as_they_are(tmp_path: Path) -> None:
    drawn = SVG.format(
        '<defs><linearGradient id="g"><stop offset="1"/></linearGradient></defs>'
        '<!-- a box --><rect width="9" height="9" fill="url(#g)"/>'
    ).encode()
    (tmp_path / "box.svg").write_bytes(drawn)
    assert read_picture(tmp_path, "box.svg", card=tmp_path / "box.yml") == drawn


@pytest.mark.parametrize("name", ["talker.svg", "sprinter.svg", "researcher.svg"])
def test_drawings_of_the_sample_are_small_and_plain(name: str) -> None:
    assert len(read_picture(SAMPLE, name, card=SAMPLE / "x.yml")) < 3_000


@pytest.mark.parametrize(
    ("drawn", "fault"),
    [
        (SVG.format("<script>alert(1)</script>"), f"'p.svg' holds <script>. {DRAWN}"),
        (SVG.format('<image href="x.jpg"/>'), f"'p.svg' holds <image>. {DRAWN}"),
        (SVG.format("<style>*{}</style>"), f"'p.svg' holds <style>. {DRAWN}"),
        (SVG.format("<foreignObject/>"), f"'p.svg' holds <foreignObject>. {DRAWN}"),
        (SVG.format('<a href="https://x"/>'), f"'p.svg' holds <a>. {DRAWN}"),
        (SVG.format("<text>She is 70</text>"), f"'p.svg' holds <text>. {DRAWN}"),
        (SVG.format('<rect onload="x()"/>'), f"'p.svg' holds the attribute onload. {DRAWN}"),
        (SVG.format('<rect ONCLICK="x()"/>'), f"'p.svg' holds the attribute ONCLICK. {DRAWN}"),
        (SVG.format('<rect style="x"/>'), f"'p.svg' holds the attribute style. {DRAWN}"),
        (
            SVG.format('<rect fill="url(https://x/y)"/>'),
            f"'p.svg' holds the attribute fill. {DRAWN}",
        ),
        (
            SVG.format('<g xmlns:x="http://www.w3.org/1999/xlink" x:href="#g"/>'),
            "'p.svg' holds the attribute {http://www.w3.org/1999/xlink}href. " + DRAWN,
        ),
        ("<!DOCTYPE svg [<!ENTITY a 'aa'>]>" + SVG.format("&a;"),
         f"'p.svg' holds a declaration. {DRAWN}"),
        ("<?xml-stylesheet href='x'?>" + SVG.format(""), f"'p.svg' holds a declaration. {DRAWN}"),
        ("<svg/>", "'p.svg' is no SVG. Start it with <svg xmlns=\"http://www.w3.org/2000/svg\">."),
        (SVG.format("<rect>"), "'p.svg' is no SVG (mismatched tag: line 1, column 66). "
                               "Save it as plain SVG."),
        ("", "'p.svg' is no SVG (no element found: line 1, column 0). Save it as plain SVG."),
        (SVG.format(" " * LARGEST_PICTURE), "'p.svg' has 20064 bytes. "
                                            "Keep it to 20000, which is plenty for a drawing."),
    ],
)  # fmt: skip
def test_anything_but_plain_shapes_is_refused(tmp_path: Path, drawn: str, fault: str) -> None:
    (tmp_path / "p.svg").write_text(drawn, encoding="utf-8")
    card = tmp_path / "p.yml"
    with pytest.raises(ContentError) as caught:
        read_picture(tmp_path, "p.svg", card=card)
    assert str(caught.value) == f"{card}: picture: {fault}"


@pytest.mark.parametrize("name", ["../p.svg", "/etc/p.svg", "p.png", "p.svg.jpg", ""])
def test_picture_is_a_drawing_beside_the_card(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContentError, match="is no name of a drawing"):
        read_picture(tmp_path, name, card=tmp_path / "p.yml")


def test_missing_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        read_picture(tmp_path, "p.svg", card=tmp_path / "p.yml")
    assert str(caught.value) == (
        f"{tmp_path / 'p.yml'}: picture: 'p.svg' cannot be read. Put the file beside the card."
    )
