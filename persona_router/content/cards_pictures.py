"""Reads the pictures of persona cards: small drawings in SVG that can do nothing but be seen."""

from pathlib import Path
from xml.etree import ElementTree

from persona_router.content.errors import ContentError

LARGEST_PICTURE = 20_000
"""Bytes; a drawing of a few shapes takes a tenth of it, a photo many times as much."""
_SHAPES = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "title", "desc",
    "defs", "linearGradient", "radialGradient", "stop",
})  # fmt: skip
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_DRAWN = "Draw it with plain shapes: no script, link, style, text or embedded photo."


def read_picture(folder: Path, name: str, *, card: Path) -> bytes:
    """Return the picture `name` of `folder`. Raises ContentError at `card` for any other than
    a small SVG drawing of plain shapes.
    """
    path = folder / name

    def fault(what: str, remedy: str) -> ContentError:
        return ContentError(card, "picture", what, remedy)

    if Path(name).name != name or not name.endswith(".svg"):
        what = f"'{name}' is no name of a drawing."
        raise fault(what, "Put an SVG file beside the card, such as talker.svg, and no photo.")
    try:
        drawn = path.read_bytes()
    except OSError as error:
        raise fault(f"'{name}' cannot be read.", "Put the file beside the card.") from error
    if len(drawn) > LARGEST_PICTURE:
        what = f"'{name}' has {len(drawn)} bytes."
        raise fault(what, f"Keep it to {LARGEST_PICTURE}, which is plenty for a drawing.")
    # Entities can swell without bounds or name other files, and no drawing needs them.
    if b"<!" in drawn.replace(b"<!--", b"") or b"<?xml-" in drawn:
        raise fault(f"'{name}' holds a declaration.", _DRAWN)
    try:
        root = ElementTree.fromstring(drawn)
    except ElementTree.ParseError as error:
        raise fault(f"'{name}' is no SVG ({error}).", "Save it as plain SVG.") from error
    if root.tag != f"{_NAMESPACE}svg":
        raise fault(f"'{name}' is no SVG.", f'Start it with <svg xmlns="{_NAMESPACE[1:-1]}">.')
    for element in root.iter():
        shape = str(element.tag).removeprefix(_NAMESPACE)
        if shape not in _SHAPES:
            raise fault(f"'{name}' holds <{shape}>.", _DRAWN)
        for attribute, value in element.attrib.items():
            if _acts(attribute, value):
                raise fault(f"'{name}' holds the attribute {attribute}.", _DRAWN)
    return drawn


def _acts(attribute: str, value: str) -> bool:
    """Whether an attribute may run, load or restyle something; fills by `url(#…)` stay inside."""
    plain = attribute.rpartition("}")[2].lower()
    inside = value.strip().startswith("url(#")
    loads = "url(" in value.lower() and not inside
    return plain.startswith("on") or plain in ("href", "style", "src", "class") or loads
