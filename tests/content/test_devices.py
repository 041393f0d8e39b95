from pathlib import Path

import pytest

from persona_router.content.devices import read_devices
from persona_router.content.errors import ContentError
from persona_router.content.files import read_yaml
from persona_router.core.turn import Typing


def read(tmp_path: Path, text: str):
    path = tmp_path / "routing.yml"
    path.write_text(text, encoding="utf-8")
    return read_devices(read_yaml(path).node("devices", optional=True))


def test_devices_are_read_by_name(tmp_path: Path) -> None:
    text = "devices:\n  mobile: {seconds_per_word: 0.7, length: 0.8}\n  watch: {length: 0.2}\n"
    assert read(tmp_path, text) == {"mobile": Typing(0.7, 0.8), "watch": Typing(0.5, 0.2)}


def test_no_devices_are_none(tmp_path: Path) -> None:
    assert read(tmp_path, "version: x\n") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("devices: {mobile: {length: 0}}", "devices.mobile.length: 0.0 is not above 0"),
        ("devices: {mobile: {speed: 3}}", "speed"),
        ("devices: {mobile: {seconds_per_word: fast}}", "seconds_per_word"),
    ],
)
def test_a_faulty_device_is_refused_with_its_place(tmp_path, text, message) -> None:
    with pytest.raises(ContentError, match=message):
        read(tmp_path, text)
