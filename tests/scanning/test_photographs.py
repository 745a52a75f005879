"""Photographs and single pictures as pages: read upright, filed with their own coding and without what the camera wrote beside them."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

from muniment.scanning import assembly, photographs, pictures
from muniment.scanning.assembly import Leaf
from muniment.scanning.checking import JPEG, PNG, Checked, check
from muniment.scanning.models import Batch
from support import scans

SECRET = b"51 deg 30 min N, owner Ada"


def sheet(mode: str = "RGB", size: tuple[int, int] = (850, 1100)) -> Image.Image:
    """White paper with a black bar along its top."""
    paper = Image.new(mode, size, "white")
    ImageDraw.Draw(paper).rectangle((0, 0, size[0], size[1] // 10), fill="black")
    return paper


def jpeg(image: Image.Image, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, **more)
    return out.getvalue()


def photograph(turned: int = 1, **more: object) -> bytes:
    """As a telephone takes it: sideways, with how it was held, where and by whom beside it."""
    held = Image.Exif()
    held[0x0112], held[0x010E] = turned, SECRET.decode()
    seen = sheet()
    if turned == 6:
        seen = seen.transpose(Image.Transpose.ROTATE_90)
    return jpeg(seen, exif=held, **more)


def bar_on_top(picture: Image.Image) -> bool:
    grey = picture.convert("L")
    across, down = grey.size
    return grey.getpixel((across // 2, down // 30)) < 80 and grey.getpixel((across // 2, down // 2)) > 200


def filed(content: bytes, kind: str, turn: int = 0) -> bytes:
    return assembly.assemble(content, kind, [Leaf(1, turn)])


def drawn(pdf: bytes) -> Image.Image:
    return pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil()


@pytest.mark.parametrize(("content", "kind"), [(photograph(), JPEG), (photograph(progressive=True), JPEG), (None, PNG)])
def test_what_it_is_is_told_by_its_bytes(content, kind):
    content = content or png(sheet())
    assert check(content, "IMG_0001.jpg" if kind == JPEG else "page.png") == Checked(kind, 1)
    (remark,) = check(content, "scan.pdf").remarks
    assert f"but the file is {kind.removeprefix('image/').upper()}" in remark


def png(image: Image.Image, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **more)
    return out.getvalue()


@pytest.mark.parametrize("turned", [1, 6])
def test_it_stands_as_its_camera_was_held_on_screen_and_in_what_is_filed(turned):
    content = photograph(turned)
    seen = pictures.Source(content, JPEG).page(1, 100)
    assert bar_on_top(seen)
    assert seen.height > seen.width
    page = drawn(filed(content, JPEG))
    assert bar_on_top(page)
    assert not bar_on_top(drawn(filed(content, JPEG, turn=180)))


def test_the_filed_picture_is_the_cameras_own_without_what_stood_beside_it():
    content = photograph()
    assert SECRET in content
    pdf = filed(content, JPEG)
    assert SECRET not in pdf
    opened = pikepdf.open(io.BytesIO(pdf))
    held = opened.pages[0].obj.Resources.XObject.Im0
    assert held.Filter == "/DCTDecode"
    assert SECRET not in held.read_raw_bytes()
    assert Image.open(io.BytesIO(held.read_raw_bytes())).tobytes() == Image.open(io.BytesIO(content)).tobytes()
    assert filed(content, JPEG) == pdf  # the same pages give the same bytes


def test_a_preview_beside_the_picture_is_not_taken_for_it():
    preview = jpeg(sheet(size=(85, 110)))
    content = photograph()
    with_preview = content[:2] + b"\xff\xe5" + (len(preview) + 2).to_bytes(2, "big") + preview + content[2:] + preview
    assert photographs.bare(with_preview) == photographs.bare(content)


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_other_colours_are_shown_as_they_are(mode):
    content = jpeg(sheet("RGB").convert(mode))
    assert bar_on_top(drawn(filed(content, JPEG)))
    assert bar_on_top(pictures.Source(content, JPEG).page(1, 100))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "1", "LA"])
def test_what_is_transparent_shows_white_paper(mode):
    paper = Image.new("RGBA", (850, 1100), (0, 0, 0, 0))
    ImageDraw.Draw(paper).rectangle((0, 0, 850, 110), fill=(0, 0, 0, 255))
    content = png(paper.convert(mode) if mode in ("RGBA", "LA") else sheet().convert(mode))
    assert bar_on_top(pictures.Source(content, PNG).page(1, 100))
    assert bar_on_top(drawn(filed(content, PNG)))


@pytest.mark.parametrize(
    ("said", "inches"), [(None, 11.0), ((72, 72), 11.0), ((100, 100), 11.0), ((200, 200), 5.5), ((IFDRational(0), 1), 11.0)]
)
def test_a_resolution_counts_only_where_it_makes_a_sheet_of_paper(said, inches):
    content = jpeg(sheet(), **({"dpi": said} if said else {}))
    with Image.open(io.BytesIO(content)) as image:
        assert round(image.height / photographs.dots_per_inch(image)[1], 1) == inches
    large = jpeg(sheet(size=(3000, 4000)), dpi=(100, 100))  # 40 inches of paper: a camera's word
    with Image.open(io.BytesIO(large)) as image:
        assert round(image.height / photographs.dots_per_inch(image)[1], 1) == 11.0


def test_a_photograph_becomes_a_batch_of_one_page(house):
    outcome = scans.take(house, photograph(), name="IMG_0001.jpg")
    row = Batch.objects.get()
    assert (outcome.status, row.media_type, row.pages) == ("taken", JPEG, 1)
