import csv
import io
import json

from persona_router.log.export import EXPORTED, as_csv, as_json
from persona_router.log.reader import LogReader
from tests.log.making import row, write


def test_csv_reads_back_with_lists_as_json(tmp_path) -> None:
    write(tmp_path / "log.sqlite", row("d1", conversation='c "1",\nzwei', turn=2))
    rows = [LogReader(tmp_path / "log.sqlite").decision("d1")]
    (read,) = csv.DictReader(io.StringIO("".join(as_csv(rows))))
    assert tuple(read) == EXPORTED
    assert (read["id"], read["conversation"], read["turn"]) == ("d1", 'c "1",\nzwei', "2")
    assert json.loads(read["posterior"]) == {"researcher": 0.9, "talker": 0.1}
    assert read["helped"] == ""


def test_csv_holds_no_formula_of_a_stranger(tmp_path) -> None:
    write(tmp_path / "log.sqlite", row("d1", conversation='=HYPERLINK("https://x")'))
    rows = [LogReader(tmp_path / "log.sqlite").decision("d1")]
    (read,) = csv.DictReader(io.StringIO("".join(as_csv(rows))))
    assert read["conversation"] == '\'=HYPERLINK("https://x")'


def test_json_is_one_array_whatever_the_number_of_rows(tmp_path) -> None:
    assert json.loads("".join(as_json([]))) == []
    write(tmp_path / "log.sqlite", row("d1"), row("d2", turn=2, conversation="مرحبا"))
    rows = LogReader(tmp_path / "log.sqlite").conversation("مرحبا")
    (read,) = json.loads("".join(as_json(rows)))
    assert (read["id"], read["conversation"], read["state"]) == ("d2", "مرحبا", {"failures": 0})
    assert "مرحبا" in "".join(as_json(rows))
