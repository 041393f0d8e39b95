"""HTML becomes Markdown that reads the same and can hold nothing but text."""

import html
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from persona_router.knowledge.imports.html_markdown import markdown_to_html, read_html
from persona_router.knowledge.imports.html_tidy import main_part, parse
from persona_router.knowledge.markdown import markdown_parser, misuses


def to_markdown(text: str, title: str = "") -> str:
    def link(attributes: object) -> str | None:
        href = str(dict(attributes).get("href", ""))  # type: ignore[call-overload]
        return href if href.startswith("https://") else None

    return read_html(text, title).markdown(link).strip()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("<p>Ein <b>Wort</b>, <i>zwei</i>.</p>", "Ein **Wort**, *zwei*.", id="marks"),
        pytest.param("<b>Hinweis:</b>Text", "**Hinweis:** Text", id="mark-before-letter"),
        pytest.param("<b>eins</b><strong>zwei</strong>", "**einszwei**", id="marks-that-touch"),
        pytest.param("<b><p>eins</p><p>zwei</p></b>", "eins\n\nzwei", id="mark-around-blocks"),
        pytest.param("<b>Wort<br></b>mehr", "**Wort**\\\nmehr", id="break-in-a-mark"),
        pytest.param("eins<br><br>zwei<br>drei<br>", "eins\n\nzwei\\\ndrei", id="line-breaks"),
        pytest.param("<h1>A</h1><h3>B</h3>x", "## A\n\n#### B\n\nx", id="headings-start-at-two"),
        pytest.param("<h2>Raum #</h2><h2>#</h2>", "## Raum \\#\n\n## \\#", id="number-sign-last"),
        pytest.param("<h4>A</h4><h5>B</h5>x", "## A\n\n### B\n\nx", id="headings-raised"),
        pytest.param("<ul><li>a<li>b<ol><li>c</ol></ul>", "- a\n- b\n  1. c", id="lists-unclosed"),
        pytest.param("<p>a<p>b", "a\n\nb", id="paragraphs-unclosed"),
        pytest.param(
            "<table><tr><th>Land<th>Preis<tr><td>DE|AT<td>4 €<br>netto</table>",
            "| Land | Preis |\n| --- | --- |\n| DE\\|AT | 4 € netto |",
            id="table-unclosed",
        ),
        pytest.param(
            "<table><tr><td>a<td><ul><li>x<li>y</ul></table>",
            "| a | x; y |\n| --- | --- |",
            id="list-in-a-cell",
        ),
        pytest.param("<table><tr><td><h2>A</h2>b</table>", "## A\n\nb", id="table-for-layout"),
        pytest.param(
            'Ein Foto<img src=a.png alt="des Etiketts">', "Ein Foto (des Etiketts)", id="image"
        ),
        pytest.param('<p><img alt="IMG_0012.jpg"> Text</p>', "Text", id="image-named-by-its-file"),
        pytest.param("<pre>a ```b``` *c*</pre>", "````\na ```b``` *c*\n````", id="code"),
        pytest.param("<dl><dt>Porto<dd>4 €</dl>", "**Porto**\n\n4 €", id="definitions"),
        pytest.param("m<sup>2</sup>, H<sub>2</sub>O", "m², H₂O", id="raised-and-lowered"),
        pytest.param("<s>19 €</s> 9 €", "9 €", id="what-is-struck-out"),
        pytest.param(
            "<details><summary>Geht das?</summary>Ja.</details>",
            "## Geht das?\n\nJa.",
            id="details",
        ),
        pytest.param(
            '<h3><button aria-controls="x">Geht das?</button></h3><div id=x hidden>Ja.</div>',
            "## Geht das?\n\nJa.",
            id="answer-that-a-press-opens",
        ),
        pytest.param("<p hidden>a</p><p style='display: none'>b</p>c", "c", id="hidden"),
        pytest.param("<![if x]>a<![endif]><!--b--><![CDATA[c]]><![1>d", "ad", id="declarations"),
        pytest.param("<nav>a</nav><form>b</form><footer>c</footer>d", "d", id="surroundings"),
        pytest.param("<form><h2>A</h2>b</form>", "## A\n\nb", id="page-in-a-form"),
        pytest.param(
            '<a href="https://a.example/x (1)">Da</a>!',
            "[Da](https://a.example/x%20%281%29)!",
            id="link",
        ),
        pytest.param(
            "Da!<a href=https://a.example/>x</a>", "Da\\![x](https://a.example/)", id="no-image"
        ),
        pytest.param(
            '<a href="https://a.example/"><h3>Karte</h3><p>Text</p></a>',
            "## [Karte](https://a.example/)\n\nText",
            id="link-around-blocks",
        ),
        pytest.param('<a href="javascript:alert(1)">Da</a>', "Da", id="script-link"),
        pytest.param("<p>&nbsp;</p><p>a\u200b</p>", "a", id="empty-paragraph"),
        pytest.param(
            "<p>1. Mai</p><p># 4</p><p>- 5</p>", "1\\. Mai\n\n\\# 4\n\n\\- 5", id="no-lists"
        ),
        pytest.param("Mai 1. und C# und a - b", "Mai 1. und C# und a - b", id="nothing-to-escape"),
        pytest.param(
            "&lt;b&gt; a_b _c_ 2*3 &amp;lt;", "\\<b> a_b \\_c\\_ 2\\*3 \\&lt;", id="marks-meant"
        ),
        pytest.param("<p dir=rtl>خلال <b>يوم</b> واحد</p>", "خلال **يوم** واحد", id="arabic"),
    ],
)
def test_html_becomes_markdown(source: str, expected: str) -> None:
    assert to_markdown(source) == expected


def test_heading_that_repeats_the_title_is_dropped() -> None:
    assert to_markdown("<h1>Rückgabe</h1><p>a</p><h2>Kosten</h2>b", "rückgabe") == (
        "a\n\n## Kosten\n\nb"
    )
    assert to_markdown("<p>a</p><h2>Rückgabe</h2>b", "Rückgabe") == "a\n\n## Rückgabe\n\nb"


def test_anchors_lead_to_headings_by_any_identifier_of_their_text() -> None:
    text = (
        '<a name="top"></a><h2 id="cost">Was kostet es? <a href="#cost">#</a></h2>'
        '<p id="price">4 €</p><h2>Was kostet es?</h2><p id="more">Nichts</p>'
    )
    assert read_html(text, "").anchors == {
        "top": "was-kostet-es",
        "cost": "was-kostet-es",
        "price": "was-kostet-es",
        "more": "was-kostet-es-1",
    }


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<body><header>a</header><main>b</main></body>", "b"),
        ("<body><div role=main>b</div><div>much more than that</div></body>", "b"),
        ("<body>a<article>b</article></body>", "b"),
        ("<body>a<article>b</article><article>c</article></body>", "abc"),
    ],
)
def test_main_part_of_a_page_is_found(page: str, text: str) -> None:
    assert main_part(parse(page)).get_text() == text


def test_markdown_with_html_in_it_becomes_clean_markdown() -> None:
    source = "Ein *Wort*\n\n<div>mit <b>HTML</b><script>x()</script></div>\n\n- a\n- b ~~c~~"
    assert to_markdown(markdown_to_html(source)) == "Ein *Wort*\n\nmit **HTML**\n\n- a\n- b"


def test_plain_text_keeps_its_lines_and_is_never_code() -> None:
    assert to_markdown(markdown_to_html("    Zeile 1\nZeile 2", plain=True)) == "Zeile 1\\\nZeile 2"


@pytest.mark.parametrize(
    "source", ["<p>&nbsp;</p>", "<img alt='a.png'>", "<script>x</script>", "—"]
)
def test_html_without_words_is_empty(source: str) -> None:
    assert read_html(source, "").empty


def test_nesting_without_end_is_refused_and_no_crash() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        read_html("<blockquote>" * 20_000 + "x", "")


SIGNS = "ab1 .-+#*_`[]()<>&!|\\~=:;\"'{}/üع$^%@\n\t"
INLINE = st.sampled_from(["b", "em", "code", "a", "span", "kbd"])
BLOCKS = st.sampled_from(
    ["p", "div", "ul", "ol", "li", "blockquote", "h2", "h3", "table", "tr", "td", "th", "dl", "dt",
     "dd", "pre", "details", "summary", "hr"]
)  # fmt: skip


def _nodes(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def wrapped(names: st.SearchStrategy[str], around: Callable[[str, str], str]) -> object:
        return st.builds(around, names, st.lists(inner, max_size=3).map("".join))

    return st.one_of(
        # Marks that touch each other within a word have no Markdown.
        wrapped(
            INLINE, lambda name, text: f' <{name} href="https://a.example/(b">{text}</{name}> '
        ),
        wrapped(BLOCKS, lambda name, text: f"<{name}>{text}</{name}>"),
    )  # type: ignore[return-value]


TREES = st.recursive(st.text(SIGNS, max_size=12).map(html.escape), _nodes, max_leaves=12)
UNTIDY = st.text(SIGNS + "<<<>>>=scriptonerimg", max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(TREES)
def test_a_reader_of_the_markdown_reads_what_a_reader_of_the_html_reads(source: str) -> None:
    text = read_html(source, "")
    written = text.markdown(lambda attributes: attributes.get("href"))
    shown = parse(markdown_parser().render(written)).get_text()
    assert "".join(shown.split()) == "".join(_visible(text.html).split())
    assert not list(misuses(written))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(UNTIDY)
def test_no_raw_html_script_or_image_survives_from_anything(source: str) -> None:
    for form in (source, markdown_to_html(source), markdown_to_html(source, plain=True)):
        assert not list(misuses(to_markdown(form)))


def _visible(source: str) -> str:
    tree = parse(source)
    for tag in tree.find_all("a"):
        tag.unwrap()
    return tree.get_text()
