import json
import shutil
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.cli import main
from persona_router.commands.check import all_faults

SAMPLE = Path(__file__).parents[2] / "data"
MONDAY = date(2026, 11, 23)
Run = Callable[..., tuple[int, str, str]]

AGENT = {
    "locales": ["de", "en"],
    "timezone": "Europe/Berlin",
    "hours": {"mon-fri": ["08:00-20:00"]},
    "holidays": "DE",
}
INTENTS = {
    "track_order": {"served_by": ["self_service", "agent"], "self_service": "track_order_form"},
    "refund_policy": {"served_by": ["knowledge_base", "agent"]},
    "complaint": {"served_by": ["agent"]},
}
WORKS = {"walker": ["agent"], "rider": ["self_service", "knowledge_base", "agent"]}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small shop: German and English, an office in Berlin, one German article, two personas."""
    data = tmp_path / "data"
    (data / "personas").mkdir(parents=True)
    policy = yaml.safe_load((SAMPLE / "routing.yml").read_text(encoding="utf-8"))
    policy.update(languages=["de", "en"], intents=INTENTS, fallbacks={}, wishes={})
    policy["routes"]["agent"]["services"] = [AGENT]
    policy["routes"]["phone"].pop("services")
    policy.pop("coverage_budget", None)
    write(data / "routing.yml", policy)
    for name, works in WORKS.items():
        card = yaml.safe_load((SAMPLE / "personas" / "talker.yml").read_text(encoding="utf-8"))
        for route in card["routes"]:
            route["works"] = route["route"] in works
        write(data / "personas" / f"{name}.yml", card)
    article = data / "knowledge" / "de" / "returns.md"
    article.parent.mkdir(parents=True)
    article.write_text(
        "---\nid: returns\ntitle: Rückgabe\nupdated: 2026-11-01\ntags: []\n"
        "intents: [refund_policy]\n---\nDreißig Tage.\n",
        encoding="utf-8",
    )
    return tmp_path


@pytest.fixture
def coverage(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs the command on two weeks and returns its status and what it printed."""

    def run(*options: str, start: str = "2026-11-23") -> tuple[int, str, str]:
        status = main(["coverage", "--project", str(project), "--from", start, *options])
        said = capsys.readouterr()
        return status, said.out, said.err.replace(f"{project}/", "")

    return run


def write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def change_policy(project: Path, **fields: Any) -> None:
    path = project / "data" / "routing.yml"
    write(path, {**yaml.safe_load(path.read_text(encoding="utf-8")), **fields})


def test_coverage_prints_shares_zones_and_gaps(coverage: Run) -> None:
    status, out, _ = coverage()
    assert status == 0
    assert out.splitlines() == [
        "51.8% of 4,032 cells of persona, language, intent and hour have a route, "
        "in 14 days from 2026-11-23 on.",
        "",
        "language  hours in       rider  walker",
        "German    Europe/Berlin  78.6%   35.7%",
        "English   Europe/Berlin  57.1%   35.7%",
        "",
        "No route for",
        "- walker · German · Mon–Thu 20:00–08:00, Fri 20:00 – Mon 08:00 (Europe/Berlin): "
        "only self service (1 of 3) and knowledge base (1 of 3), at which the walker fails; "
        "closed: agent (track_order, refund_policy, complaint, 648 cells)",
        "- walker · English · Mon–Thu 20:00–08:00, Fri 20:00 – Mon 08:00 (Europe/Berlin): "
        "only self service (1 of 3), at which the walker fails; "
        "closed: agent (track_order, refund_policy, complaint, 648 cells)",
        "- rider · English · Mon–Thu 20:00–08:00, Fri 20:00 – Mon 08:00 (Europe/Berlin): "
        "closed: agent; no article in English (refund_policy, complaint, 432 cells)",
        "- rider · German · Mon–Thu 20:00–08:00, Fri 20:00 – Mon 08:00 (Europe/Berlin): "
        "closed: agent (complaint, 216 cells)",
    ]


def test_coverage_tells_public_holidays(coverage: Run) -> None:
    _, out, _ = coverage(start="2026-12-14")
    assert (
        "walker · German · Mon–Thu 20:00–08:00, Fri 20:00 – Mon 08:00; "
        "also Fri 2026-12-25 08:00–20:00 (Europe/Berlin)" in out
    )


def test_coverage_of_one_day_says_so(coverage: Run) -> None:
    _, out, _ = coverage("--days", "1", start="2026-12-25")
    assert "in 1 day from 2026-12-25 on." in out
    assert "walker · German · Fri all day (Europe/Berlin)" in out


def test_coverage_starts_today_unless_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = {date.today().isoformat()}
    assert main(["coverage", "--project", str(project), "--json"]) == 0
    days.add(date.today().isoformat())
    assert json.loads(capsys.readouterr().out)["from"] in days


def test_coverage_shows_twenty_gaps_unless_all_are_wanted(coverage: Run, project: Path) -> None:
    languages = ["de", "en", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar", "sv"]
    change_policy(project, languages=languages)
    _, short, _ = coverage()
    _, long, _ = coverage("--all")
    every = [line for line in long.splitlines() if line.startswith("- ")]
    assert len(every) == 22
    assert [line for line in short.splitlines() if line.startswith("- ")] == every[:20]
    assert short.splitlines()[-1] == "… and 2 more: --all prints them."


def test_coverage_as_json_is_one_object(coverage: Run) -> None:
    _, out, _ = coverage("--json")
    found = json.loads(out)
    gap = found["gaps"][-1]
    assert found["from"] == "2026-11-23"
    assert found["days"] == 14
    assert found["cells"] == 4032
    assert found["covered"] == 0.5179
    assert found["empty"] == 0.4821
    assert found["coverage_budget"] == 1
    assert found["zones"] == {"de": "Europe/Berlin", "en": "Europe/Berlin"}
    assert found["personas"]["walker"] == {"de": 0.3571, "en": 0.3571}
    assert gap["intents"] == ["complaint"]
    assert gap["hours"][0] == "2026-11-23T00:00:00+01:00"
    assert gap["lacks"] == {"agent": "closed"}
    assert gap["cells"] == 216 == len(gap["hours"])


def test_coverage_beyond_the_budget_is_a_fault(coverage: Run, project: Path) -> None:
    change_policy(project, coverage_budget=0.48)
    status, out, err = coverage()
    assert status == 1
    assert out.startswith("51.8% of 4,032 cells")
    assert err == (
        "data/routing.yml: coverage_budget: From 2026-11-23 on, 48.2% of the cells of persona, "
        "language, intent and hour have no route, more than 48.0%. Run persona-router coverage to "
        "see which; open a route there, or raise the budget.\n"
    )


def test_coverage_within_the_budget_is_no_fault(coverage: Run, project: Path) -> None:
    change_policy(project, coverage_budget=0.49)
    status, _, err = coverage()
    assert (status, err) == (0, "")


def test_check_finds_coverage_beyond_the_budget(project: Path) -> None:
    change_policy(project, coverage_budget=0.1)
    found = [
        fault for fault in all_faults(project, today=MONDAY) if fault.place == "coverage_budget"
    ]
    assert len(found) == 1
    assert "more than 10.0%" in str(found[0])


@pytest.mark.parametrize("budget", [1.0, 0.7])
def test_check_accepts_coverage_within_the_budget(project: Path, budget: float) -> None:
    change_policy(project, coverage_budget=budget)
    assert not [
        fault for fault in all_faults(project, today=MONDAY) if fault.place == "coverage_budget"
    ]


def test_check_tells_faulty_cards_once(project: Path) -> None:
    change_policy(project, coverage_budget=0.1)
    (project / "data" / "personas" / "walker.yml").write_text("name: 3\n", encoding="utf-8")
    places = [Path(fault.file).name for fault in all_faults(project, today=MONDAY)]
    assert places.count("walker.yml") == 1
    assert "coverage_budget" not in [fault.place for fault in all_faults(project, today=MONDAY)]


def test_coverage_without_intents_says_that_there_is_nothing(coverage: Run, project: Path) -> None:
    change_policy(project, intents={}, coverage_budget=0.0)
    assert coverage() == (
        0,
        "The routing policy names no intents, so that there is nothing to cover.\n",
        "",
    )


def test_coverage_without_articles_counts_none(coverage: Run, project: Path) -> None:
    shutil.rmtree(project / "data" / "knowledge")
    status, out, _ = coverage()
    assert status == 0
    assert "no article in German" in out


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        pytest.param(
            "routing.yml", "data/routing.yml: The file is missing. Create or restore it.\n", id="no"
        ),
        pytest.param(
            "personas",
            "data/personas: There is no such folder. Create it with a card in it.\n",
            id="no-personas",
        ),
    ],
)
def test_coverage_of_half_a_project_is_one_clear_line(
    coverage: Run, project: Path, spoil: str, error: str
) -> None:
    path = project / "data" / spoil
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert coverage() == (2, "", error)


def test_page_that_cannot_be_written_is_one_clear_line(coverage: Run, tmp_path: Path) -> None:
    status, out, err = coverage("--html", str(tmp_path / "nowhere" / "page.html"))
    assert (status, out) == (2, "")
    assert err == "nowhere/page.html: It cannot be written (No such file or directory). " \
                  "Name another.\n"  # fmt: skip


class Page(HTMLParser):
    """The page's tables as lists of rows of texts, and its headings, regions and addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.regions = 0
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.ids += [given["id"]] if given.get("id") else []
        for name in ("aria-labelledby", "aria-describedby"):
            self.labels += (given.get(name) or "").split()
        self.regions += given.get("role") == "region" and given.get("tabindex") == "0"
        self.addresses += [value for name in ("src", "href") if (value := given.get(name))]
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self._open[-2:]):
            self.tables[-1][-1][-1] += data
        if self._open and self._open[-1] in ("h1", "h2"):
            self.headings.append(data)


@pytest.fixture
def page(coverage: Run, tmp_path: Path) -> Page:
    coverage("--html", str(tmp_path / "page.html"), start="2026-12-14")
    return Page((tmp_path / "page.html").read_text(encoding="utf-8"))


def test_page_has_a_heat_map_for_each_persona(page: Page) -> None:
    assert page.headings == ["Coverage", "By language and persona", "rider", "walker",
                             "No route for"]  # fmt: skip
    shares, rider, _ = page.tables
    assert shares == [
        ["Language", "rider", "walker"],
        ["GermanEurope/Berlin", "77", "32"],
        ["EnglishEurope/Berlin", "55", "32"],
    ]
    assert rider[0] == ["Day", *(f"{hour:02}" for hour in range(24))]


def test_page_states_the_number_of_every_hour_of_the_week(page: Page) -> None:
    _, rider, walker = page.tables
    assert walker[1:5] == [
        ["German"],
        ["Mon–Thu", *["0"] * 8, *["100"] * 12, *["0"] * 4],
        ["Fri", *["0"] * 8, *["50"] * 12, *["0"] * 4],
        ["Sat–Sun", *["0"] * 24],
    ]
    assert rider[2] == ["Mon–Thu", *["67"] * 8, *["100"] * 12, *["67"] * 4]


def test_page_needs_nothing_but_itself(page: Page) -> None:
    assert page.addresses == []
    assert {"script", "link", "img", "iframe"}.isdisjoint(page.tags)


def test_page_names_what_scrolls_and_every_label_exists(page: Page) -> None:
    assert page.regions == 3
    assert set(page.labels) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_page_escapes_what_people_wrote(coverage: Run, project: Path, tmp_path: Path) -> None:
    change_policy(project, intents={"<b>": {"served_by": ["agent"]}})
    coverage("--html", str(tmp_path / "page.html"))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in text
    assert "<b>" not in text


def test_sample_keeps_to_its_budget_over_christmas(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--project", str(SAMPLE.parent), "--from", "2026-12-24"]) == 0
