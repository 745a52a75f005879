"""A CDA document drawn as HTML: readable, bounded, and harmless whatever the document holds."""

import re
from html.parser import HTMLParser

import pytest

from muniment.intake.ccda.render import render
from muniment.kernel.errors import Problem, Unreadable
from support.ccda_documents import document, section
from support.corpora import corpus

_CALLS = {"script", "style", "iframe", "object", "embed", "link", "form", "input", "base", "meta", "svg", "video", "audio"}
_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class _Watch(HTMLParser):
    """Collects whatever must not be in a fragment."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _CALLS:
            self.bad.append(tag)
        for name, value in attrs:
            said = (value or "").strip().lower()
            if name.startswith("on") or name in ("style", "srcset", "formaction", "background"):
                self.bad.append(f"{tag} {name}")
            if (name == "href" and not said.startswith("#")) or (name == "src" and not said.startswith("data:image/")):
                self.bad.append(f"{tag} {name}={said[:40]}")
            if name in ("class", "id") and not all(each.startswith("cda-") for each in said.split()[:1]):
                self.bad.append(f"{tag} {name}={said[:40]}")


def harm(html: str) -> list[str]:
    watch = _Watch()
    watch.feed(html)
    return watch.bad


def drawn(text: str, *entries: str) -> str:
    return render(document(section("10164-2", *entries, text=text)))


def test_header_facts() -> None:
    html = render(document())
    for fact in (
        "<dt>Patient</dt><dd>Tessa Q Sampleton</dd>",
        "<dt>Born</dt><dd>1950-02-03</dd>",
        "<dt>Died</dt><dd>2024-03-11</dd>",
        "<dt>Document date</dt><dd>2024-03-10 14:30 -0500</dd>",
        "<dt>Encounter</dt><dd>Inpatient 2024-03-05 08:00 -0500 to 2024-03-10 12:00 -0500</dd>",
        "<dt>Responsible</dt><dd>Al Tending</dd>",
        "<dt>Author</dt><dd>Ada Writer MD 2024-03-10 14:30 -0500</dd>",
        "<dt>Signed (legal authenticator)</dt><dd>Ada Writer 2024-03-10</dd>",
        "<dt>Custodian</dt><dd>Sample Hospital</dd>",
    ):
        assert fact in html


def test_contents_lead_to_their_sections() -> None:
    nested = section("1-8", text="inner", title="Nested")
    outer = section("2-6", text="outer", title="Outer").replace("</section>", f"<component>{nested}</component></section>")
    html = render(document(outer, section("3-4", text="more", title="More")))
    targets = re.findall(r'href="#([^"]+)"', html)
    assert len(targets) == 3
    assert all(f'id="{each}"' in html for each in targets)
    assert re.search(r'cda-level-2"[^>]*><h4 class="cda-heading">Nested</h4>', html)


DRAWN = [
    ("<paragraph>One<br/>two</paragraph>", '<div class="cda-paragraph">One<br>two</div>'),
    ('<content styleCode="Bold Italics" ID="x">B</content>', '<span class="cda-bold cda-italic" id="cda-n-x">B</span>'),
    ("<list><caption>C</caption><item>a</item></list>", '<span class="cda-caption">C</span><ul class="cda-list"><li>a</li></ul>'),
    ('<list listType="ordered"><item>a</item></list>', '<ol class="cda-list"><li>a</li></ol>'),
    (
        '<table border="1"><thead><tr><th>H</th></tr></thead><tbody><tr><td colspan="2" align="right">1</td></tr></tbody></table>',
        '<table class="cda-table"><thead><tr><th>H</th></tr></thead><tbody><tr><td class="cda-number" colspan="2">1</td></tr></tbody></table>',
    ),
    ("H<sub>2</sub>O 10<sup>3</sup>", "H<sub>2</sub>O 10<sup>3</sup>"),
    ('<footnote ID="f">why</footnote><footnoteRef IDREF="f"/>', '<span class="cda-footnote" id="cda-n-f">[why]</span><sup><a href="#cda-n-f">note</a></sup>'),
    ('<linkHtml href="#x">here</linkHtml>', '<a href="#cda-n-x">here</a>'),
    ('<linkHtml href="http://example.org/">away</linkHtml>', '<div class="cda-text">away</div>'),
    ("a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"),
    ("<odd>kept</odd>", "kept"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "html"), DRAWN)
def test_narrative(text: str, html: str) -> None:
    assert html in drawn(text)


def media(kind: str, content: str = _PNG) -> str:
    value = f'<value mediaType="{kind}" representation="B64">{content}</value>'
    return f'<observationMedia classCode="OBS" moodCode="EVN" ID="m">{value}</observationMedia>'


def test_an_image_is_drawn_once() -> None:
    html = drawn('<renderMultiMedia referencedObject="m"/>' * 3, media("image/png"))
    assert html.count(f'src="data:image/png;base64,{_PNG}"') == 1
    assert html.count("shown above") == 2


@pytest.mark.parametrize(
    "entry", [media("image/svg+xml"), media("text/html"), media("image/png", "&quot; onerror=&quot;x"), ""]
)
def test_other_media_are_not(entry: str) -> None:
    html = drawn('<renderMultiMedia referencedObject="m"/>', entry)
    assert "data:" not in html
    assert harm(html) == []


ATTACKS = [
    "<script>alert(1)</script>",
    "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
    "<img xmlns='http://www.w3.org/1999/xhtml' src='x' onerror='alert(1)'/>",
    "<content ID='x&quot; onmouseover=&quot;alert(1)'>a</content>",
    "<content styleCode='Bold&quot; onclick=&quot;alert(1)'>a</content>",
    "<linkHtml href='javascript:alert(1)'>a</linkHtml>",
    "<linkHtml href='#&quot; onclick=&quot;alert(1)'>a</linkHtml>",
    "<linkHtml href='data:text/html,x'>a</linkHtml>",
    "<renderMultiMedia referencedObject='javascript:alert(1)'/>",
    "<td colspan='2&quot; onclick=&quot;alert(1)'>a</td>",
    "<table><tr><td colspan='1e99'>a</td></tr></table>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<paragraph style='background:url(http://example.org)'>a</paragraph>",
    "<iframe src='http://example.org'/><object data='x'/><form action='x'><input/></form>",
    "<![CDATA[</div><script>alert(1)</script>]]>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_harmless(attack: str) -> None:
    assert harm(drawn(attack)) == []


@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>", "&quot; onload=&quot;alert(1)", "&lt;img src=x onerror=alert(1)&gt;"]
)
def test_attacks_in_the_header_are_harmless(attack: str) -> None:
    assert (
        harm(
            render(
                document()
                .replace(b"Sampleton", attack.encode())
                .replace(b"Discharge summary</title>", attack.encode() + b"</title>")
            )
        )
        == []
    )


def test_an_unstructured_body_is_noted() -> None:
    html = render(
        document(body='<nonXMLBody><text mediaType="application/pdf" representation="B64">JVBERg==</text></nonXMLBody>')
    )
    assert "attached file (application/pdf)" in html


def test_stylesheet_reads_no_other_file() -> None:
    data = document().replace(
        b"<ClinicalDocument", b'<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?><ClinicalDocument', 1
    )
    assert "root:" not in render(data)


def test_broken_input_is_a_sentence() -> None:
    with pytest.raises(Unreadable):
        render(document()[:500])


@pytest.mark.corpora
def test_every_document_of_the_corpora_is_drawn_harmlessly() -> None:
    count = 0
    for path in sorted(corpus("ccda").rglob("*.xml")):
        data = path.read_bytes()
        try:
            html = render(data)
        except Problem:
            continue
        count += 1
        assert harm(html) == [], path
        assert len(html) < 3 * len(data)
    assert count > 120
