"""Links between pages lead somewhere, commands exist, and the house is as it is described."""

import ast
import re
from pathlib import Path

import pytest

from persona_router.handoff.queue import HandoffRequest
from tests.docs.pages import PAGES, ROOT, all_blocks, anchors, links, names, page, rows, section

MOST_BYTES = 200_000
PACKAGE = ROOT / "persona_router"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_lead_to_files_and_headings(path: Path) -> None:
    for link in links(path.read_text(encoding="utf-8")):
        if re.match(r"https?://", link):
            continue
        name, _, heading = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.is_file(), link
        if heading:
            assert heading in anchors(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_make_targets_that_are_named_exist(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z]+)", text))
    for block in all_blocks(text):
        named.update(re.findall(r"^make ([a-z]+)", block.text, re.MULTILINE))
    assert named <= targets


def test_readme_links_to_every_page() -> None:
    linked = {Path(link.partition("#")[0]).name for link in links(page("README"))}
    assert {path.name for path in PAGES} - {"README.md"} <= linked


def test_images_are_small_and_used() -> None:
    images = sorted((ROOT / "docs" / "images").iterdir())
    used = {link for path in PAGES for link in links(path.read_text(encoding="utf-8"))}
    assert images
    for image in images:
        assert image.stat().st_size < MOST_BYTES, image.name
        assert f"docs/images/{image.name}" in used, image.name


def test_paths_of_files_that_are_named_exist() -> None:
    pattern = re.compile(r"`((?:persona_router|data|scripts|actions|tests)/[\w./-]+)`")
    for path in PAGES:
        for name in pattern.findall(path.read_text(encoding="utf-8")):
            made_later = re.search(r"/tr(\.yml|/)$", name) or name == "data/lexicon"
            assert made_later or (ROOT / name).exists(), f"{path.name}: {name}"


def test_architecture_names_every_room_of_the_package() -> None:
    written = names(section(page("architecture"), "The house"), "room")
    rooms = {
        f"persona_router/{folder.name}"
        for folder in PACKAGE.iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
    }
    assert {room for room in written if room.startswith("persona_router/")} == rooms


def imports_of(folder: Path) -> set[str]:
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                parts = node.module.split(".")
                if parts[0] == "persona_router" and len(parts) > 1 and parts[1] != folder.name:
                    found.add(parts[1])
    return {name for name in found if (PACKAGE / name).is_dir()}


def test_architecture_tells_which_rooms_a_room_imports() -> None:
    for row in rows(section(page("architecture"), "The house"), "room", "imports"):
        room = row["room"].strip("`")
        if room.startswith("persona_router/"):
            written = {name.strip() for name in row["imports"].split(",") if name.strip()}
            assert written == imports_of(ROOT / room), room


def test_handoff_lists_every_field_of_a_request() -> None:
    written = names(section(page("handoff"), "The queue"), "field")
    assert written == set(HandoffRequest.__dataclass_fields__)
