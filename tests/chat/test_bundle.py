"""The committed chat bundle is the one that its sources build."""

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEBCHAT = ROOT / "webchat"
STATIC = ROOT / "persona_router" / "chat" / "static"
BUILD = json.loads((STATIC / "build.json").read_text(encoding="utf-8"))


def source_digest(folder: Path) -> str:
    """The digest that `webchat/build.mjs` writes: path, NUL, content, NUL of every source."""
    files = [path for path in (folder / "src").rglob("*") if path.is_file()]
    files += [folder / name for name in ("build.mjs", "package-lock.json", "package.json")]
    by_path = {path.relative_to(folder).as_posix(): path for path in files}
    digest = hashlib.sha256()
    for name in sorted(by_path):
        digest.update(name.encode() + b"\0" + by_path[name].read_bytes() + b"\0")
    return digest.hexdigest()


def test_bundle_is_built_from_the_present_sources() -> None:
    assert BUILD["sources"] == source_digest(WEBCHAT), (
        "The chat bundle is older than webchat/. Run `npm ci && npm run build` in webchat/."
    )


def test_bundle_files_are_as_the_build_wrote_them() -> None:
    assert sorted(BUILD["outputs"]) == ["LICENSES.txt", "chat.js", "page.css", "panel.js"]
    for name, expected in BUILD["outputs"].items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == expected, name


def test_lock_file_pins_contents_without_naming_a_server() -> None:
    lock = json.loads((WEBCHAT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_licences_name_every_package_that_is_bundled() -> None:
    notices = (STATIC / "LICENSES.txt").read_text(encoding="utf-8")
    declared = json.loads((WEBCHAT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for name, version in declared.items():
        assert re.search(rf"(^|, ){re.escape(name)} {re.escape(version)}(,|$)", notices, re.M), name
