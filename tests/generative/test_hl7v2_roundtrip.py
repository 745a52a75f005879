"""build then parse gives back any text under any delimiters."""

from hypothesis import assume, given
from hypothesis import strategies as st

from muniment.intake.hl7v2.escapes import Delimiters, escape, unescape
from muniment.intake.hl7v2.parse import build, parse

PUNCTUATION = [chr(code) for code in range(33, 127) if not chr(code).isalnum()]
# Control characters are left out of what is kept, CR is read as a line break: neither can come back as it was.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t|^~\\&"#.'), max_size=40)


@st.composite
def delimiters(draw: st.DrawFn) -> Delimiters:
    return Delimiters(*draw(st.lists(st.sampled_from(PUNCTUATION), min_size=5, max_size=5, unique=True)))


@given(TEXT, delimiters())
def test_escape_and_back(text: str, marks: Delimiters) -> None:
    assert unescape(escape(text, marks), marks) == text


@given(st.text(), delimiters())
def test_any_text_can_be_unescaped(text: str, marks: Delimiters) -> None:
    assert isinstance(unescape(text, marks), str)


@given(
    st.lists(TEXT, min_size=1, max_size=6),
    st.lists(st.lists(st.lists(TEXT, min_size=1, max_size=3), min_size=1, max_size=3), min_size=1, max_size=3),
    delimiters(),
)
def test_build_and_parse(plain: list[str], nested: list[list[list[str]]], marks: Delimiters) -> None:
    assume(marks.field not in '"')  # a quote as field separator is a mark we do not claim
    # blanks at the very end of a message are nobody's text: something stands behind what is looked at
    data = build([("MSH", ["APP"]), ("ZZZ", plain), ("ZZY", [nested]), ("ZZX", ["end"])], marks)
    message = parse(data)
    assert message.delimiters == marks
    first, second, _ = message.segments[1:]
    assert [first.value(n + 1) for n in range(len(plain))] == plain
    got = [
        [[second.value(1, c + 1, s + 1, r + 1) for s in range(len(component))] for c, component in enumerate(repetition)]
        for r, repetition in enumerate(nested)
    ]
    assert got == nested
