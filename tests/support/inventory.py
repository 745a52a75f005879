"""Forms as tests propose and approve them: through actions, by two people."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

LAYOUT = """# Assessment
Chief complaint:
Findings: 4
Pain? yes | no
Give this to the nurse in charge."""
BEGUN = date(2026, 1, 5)


def said(**more: Any) -> Any:
    from muniment.forms.making import Said
    from muniment.forms.rules import Medium

    plain = {
        "title": "Nursing downtime note", "type_code": "34746-8", "medium": Medium.PAPER, "owner": "Nursing practice council",
        "changes": "First version", "effective_from": BEGUN, "layout": LAYOUT, "downtime": True,
    }  # fmt: skip
    return Said(**(plain | more))


def propose(house: Any, number: str = "NUR-20", *, role: str = "technician", facility: Any = None, **more: Any) -> Any:
    from muniment.forms import actions

    return actions.propose(actor=house.actor(role), number=number, facility=facility, said=said(**more))


def approved(house: Any, number: str = "NUR-20", **more: Any) -> Any:
    from muniment.forms import actions

    return actions.approve(actor=house.actor("administrator"), version_id=propose(house, number, **more).id)


def letter(words: str = "An older form", pages: int = 1) -> bytes:
    """A PDF somebody might bring as a blank form."""
    import pikepdf

    made = pikepdf.new()
    for number in range(1, pages + 1):
        page = made.add_blank_page(page_size=(612, 792))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.obj.Contents = made.make_stream(f"BT /F1 18 Tf 72 600 Td ({words}, sheet {number}) Tj ET".encode())
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def words_of(content: bytes) -> list[str]:
    """The text of every page of a PDF."""
    import pypdfium2

    with pypdfium2.PdfDocument(content) as opened:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in opened]


def picture_of(content: bytes, number: int = 0, dpi: int = 200) -> Any:
    """A page as a scanner would send it."""
    import pypdfium2

    with pypdfium2.PdfDocument(content) as opened:
        return opened[number].render(scale=dpi / 72).to_pil().convert("L")
