"""Foreign names say in which language they are; everything else stays as it is."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.report import render
from risk_engine.report.html_markdown import foreign
from tests.report.samples import full


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain <b> & “quoted” – Évry", "Plain &lt;b&gt; &amp; “quoted” – Évry"),
        ("Institute (松花学院)", 'Institute (<bdi lang="und-Hani">松花学院</bdi>)'),
        ("東京 の 大学", '<bdi lang="ja">東京 の 大学</bdi>'),
        ("서울 大學校", '<bdi lang="ko">서울 大學校</bdi>'),
        ("МГУ и др.", '<bdi lang="und-Cyrl">МГУ и др</bdi>.'),
        ("א 12 ב x ג", '<bdi lang="he">א 12 ב</bdi> x <bdi lang="he">ג</bdi>'),
        ("“א” (ב)", '“<bdi lang="he">א</bdi>” (<bdi lang="he">ב</bdi>)'),
        ("ひ 한", '<bdi lang="ja">ひ</bdi> <bdi lang="ko">한</bdi>'),
        ("क्षेत्र", '<bdi lang="und-Deva">क्षेत्र</bdi>'),
    ],
)
def test_words_of_a_foreign_script_carry_their_language(text: str, expected: str) -> None:
    assert str(foreign(text)) == expected


@given(st.text())
def test_the_text_itself_is_never_changed(text: str) -> None:
    assert html.unescape(re.sub(r'<bdi lang="[A-Za-z-]+">|</bdi>', "", foreign(text))) == html.unescape(
        html.escape(text, quote=False).replace('"', "&quot;")
    )


def test_a_name_in_a_report_is_isolated_wherever_it_stands() -> None:
    page = render(full(lambda _: "جامعة"), "html", annex=True)
    body = page[page.index("<body>") :]
    assert body.count('<bdi lang="und-Arab">جامعة</bdi>') == body.count("جامعة") > 5
