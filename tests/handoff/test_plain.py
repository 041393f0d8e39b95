import pytest

from persona_router.handoff.plain import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Guten Tag", "Guten Tag"),
        ("<p>Eins</p><p>Zwei</p>", "Eins\nZwei"),
        ("<div>Eins<br>Zwei</div>\n<div>Drei</div>", "Eins\nZwei\nDrei"),
        ("<ul><li>rot</li><li>blau</li></ul>", "- rot\n- blau"),
        ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
        ("a&nbsp;&nbsp; b", "a b"),
        ("<script>alert(1)</script><style>p{}</style>Hallo", "Hallo"),
        ('<a href="https://x.example/a">hier</a>', "hier (https://x.example/a)"),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="javascript:alert(1)">hier</a>', "hier"),
        ("<div dir=rtl>مرحبًا<br>كيف حالكم؟</div>", "مرحبًا\nكيف حالكم؟"),
        ("<p>offen <b>und nie zu", "offen und nie zu"),
        ("", ""),
    ],
)
def test_html_of_agents_is_read_as_text(html: str, text: str) -> None:
    assert plain_text(html) == text
