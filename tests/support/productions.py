"""Productions for tests: the definition adopted, bytes of every kind, a chart that holds them, a production carried out."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from support.charts import add_patient, add_stay, condition, document, file, file_note, new_version, observation

REASON = "Subpoena 26-CV-1182, Harbor County Superior Court"
HOSTILE = '= Heading #panic("x") $x^2$ *b* _i_ `raw` @ref <label> #read("/etc/passwd") \\ // comment /* c */ [content] "quoted" \x07 中文 ﷽'


def adopt_definition(house: Any, parameters: dict[str, Any] | None = None, *, begin: Any = None) -> Any:
    """The shipped definition, or another, proposed by one and adopted by another."""
    from muniment.config.furnish import shipped_rules
    from muniment.rulebook import actions
    from muniment.rulebook.rules import SourceKind

    shipped = next(one for one in shipped_rules() if one["code"] == "record.legal-health-record")
    version = actions.propose(
        actor=house.actor("administrator"), code=shipped["code"], title=shipped["title"], statement=shipped["statement"],
        parameters=parameters or shipped["parameters"], citation=shipped["citation"], source_kind=SourceKind.HOUSE,
        effective_from=begin or shipped["effective_from"],
    )  # fmt: skip
    return actions.adopt(actor=house.actor("privacy-officer"), version_id=version.id)


def a_stay(house: Any) -> Any:
    return add_stay(add_patient(house.hospital), house.hospital)


def order(**more: Any) -> Any:
    from muniment.record.production.definition import Mark
    from muniment.record.production.order import Order

    return Order(**({"which": Mark.LEGAL, "reason": REASON} | more))


def produce(house: Any, stay: Any, *, role: str = "administrator", **more: Any) -> Any:
    """Ask and carry out. The row, whatever became of it."""
    from muniment.record import actions, jobs

    row = actions.ask_production(
        actor=house.actor(role), patient_id=stay.patient_id, facility_id=house.hospital.id, order=order(**more)
    )
    return jobs.carry_out(row.id)


def pdf_of(row: Any, folder: Path) -> Path:
    from muniment.record import blob_files

    path = folder / f"{row.number}.pdf"
    blob_files.copy_out(bytes(row.pdf_sha256), path)
    return path


def texts_of(path: Path) -> list[str]:
    """What can be read on each page."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as opened:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in opened]


def manifest_of(row: Any) -> dict[str, Any]:
    import json

    from muniment.record import blobs

    return json.loads(blobs.get(bytes(row.manifest_sha256)))


def typeset_pdf(words: str = "Scanned consent, signed in ink.", *, pages: int = 2) -> bytes:
    """A PDF whose fonts are embedded."""
    import typst

    source = f"#for i in range({pages}) {{ [{words} Page #(i + 1).]; pagebreak(weak: true) }}"
    return bytes(typst.compile(source.encode(), format="pdf"))


def plain_pdf(words: str = "Typed elsewhere", *, lying: bool = False) -> bytes:
    """A PDF in one of the fonts every reader is supposed to have: not embedded."""
    import pikepdf

    made = pikepdf.Pdf.new()
    made.add_blank_page(page_size=(792, 612) if lying else (612, 792))
    page = made.pages[0]
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = made.make_stream(f"BT /F1 24 Tf 72 300 Td ({words}) Tj ET".encode())
    return _saved(made)


def locked_pdf() -> bytes:
    import pikepdf

    with pikepdf.open(io.BytesIO(typeset_pdf())) as made:
        return _saved(made, encryption=pikepdf.Encryption(owner="o", user="u"))


def scripted_pdf() -> bytes:
    """A PDF that runs a script when it is opened and when its page is."""
    import pikepdf

    with pikepdf.open(io.BytesIO(typeset_pdf(pages=1))) as made:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        made.Root.OpenAction = script
        made.pages[0].obj.AA = pikepdf.Dictionary(O=script)
        return _saved(made)


def _saved(made: Any, **more: Any) -> bytes:
    out = io.BytesIO()
    made.save(out, **more)
    return out.getvalue()


def image(kind: str = "PNG", size: tuple[int, int] = (400, 300), mode: str = "RGB", frames: int = 1) -> bytes:
    from PIL import Image

    made = [Image.new(mode, size, place * 60 if mode != "1" else 1) for place in range(frames)]
    out = io.BytesIO()
    more = {"save_all": True, "append_images": made[1:]} if frames > 1 else {}
    made[0].save(out, kind, **more)
    return out.getvalue()


def file_bytes(stay: Any, content: bytes, media_type: str, *, title: str = "Scan", code: str = "59284-0") -> Any:
    return file(stay, new_version(document(title=title, code=code), stay, document=content, media_type=media_type))[0]


def full_chart(stay: Any) -> dict[str, Any]:
    """One entry of every kind; name → entry."""
    from muniment.record.rules import VersionKind

    kept = {
        "note": file_note(stay), "hostile": file_note(stay, HOSTILE, title="= Title #panic() *x*", code="11506-3"),
        "typeset": file_bytes(stay, typeset_pdf(), "application/pdf", title="Consent"),
        "plain": file_bytes(stay, plain_pdf(), "application/pdf", title="Letter typed elsewhere"),
        "lying": file_bytes(stay, plain_pdf("Wide sheet", lying=True), "application/pdf", title="Wide sheet consent"),
        "locked": file_bytes(stay, locked_pdf(), "application/pdf", title="Locked consent"),
        "scripted": file_bytes(stay, scripted_pdf(), "application/pdf", title="Scripted consent"),
        "photo": file_bytes(stay, image(), "image/png", title="Photograph with consent"),
        "fax": file_bytes(stay, image("TIFF", mode="1", frames=3), "image/tiff", title="Faxed consent"),
        "strange": file_bytes(stay, rb"{\rtf1 words}", "application/rtf", title="Consent in RTF"),
        "html": file_bytes(stay, b"<h2>Plan</h2><table><tr><th>Drug</th><th>Dose</th></tr><tr><td>Furosemide</td><td>40 mg</td></tr></table>", "text/html", title="Progress note of another house", code="11506-3"),
        "sodium": file(stay, new_version(observation(referenceRange=[{"text": "135 to 145"}]), stay))[0],
        "failure": file(stay, new_version(condition(), stay))[0],
    }  # fmt: skip
    kept["amended"] = file_note(stay, "FIRST WORDING of the plan.", title="Consultation", code="11488-4")
    file(stay, new_version(document("Second wording.", title="Consultation", code="11488-4"), stay, entry_id=kept["amended"], text="Second wording.", kind=VersionKind.AMENDMENT, reason="Dose corrected by its author"))  # fmt: skip
    kept["retracted"] = file_note(stay, "WRITTEN IN ERROR for another patient.", title="Nursing note", code="34746-8")
    file(stay, new_version(document("", title="Nursing note", code="34746-8") | {"status": "entered-in-error"}, stay, entry_id=kept["retracted"], kind=VersionKind.RETRACTION, reason="Wrong patient"))  # fmt: skip
    return kept
