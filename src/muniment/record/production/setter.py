"""Blocks to PDF/A-3b by typst, each call in a process of its own: ``python -m muniment.record.production.setter FOLDER NAME``.

Typst keeps what it has cached for as long as its process lives; a child gives it back. The folder is all that the child's typst may
read. Data comes as JSON and is shown as text: nothing in it is markup.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from muniment.kernel.errors import Problem

PAGES = Path(__file__).parent / "pages"
SOURCE = Path(__file__).resolve().parents[3]
SECONDS = 300  # of processor time for a chunk of which the usual one takes half a second
PLAIN = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("\n\u00a0äöüÄÖÜßéèêáàâíóúñçÉ°±µ·×÷–—‘’“”…•½¼¾§®™") | {"\u200b"}
_KEPT_CONTROLS = "\n\t"


def set_pages(folder: Path, name: str, template: str, data: Any, *, seconds: int) -> tuple[Path, list[str]]:
    """Set ``data`` by ``template`` into ``folder/name.pdf``, dated ``seconds`` since 1970. Returns it and the characters no font has.

    Raises Problem when typst can't set it: the sentence holds nothing of the data.
    """
    folder.joinpath(f"{name}.json").write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), "utf-8")
    source = folder / template
    if not source.exists():
        source.write_bytes(PAGES.joinpath(template).read_bytes())
    arguments = [sys.executable, "-m", "muniment.record.production.setter", str(folder), name, template, str(seconds)]
    own = {"PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8"}  # and no more: the child needs no secret of ours
    done = subprocess.run(arguments, capture_output=True, check=False, env=own)
    if done.returncode:
        raise Problem(
            "A part of the production could not be set.", where=f"{template}, {_kind_of(done.stderr)}",
            remedy="Ask for it again; if it fails again, tell the administrator.",
        )  # fmt: skip
    folder.joinpath(f"{name}.json").unlink()
    return folder / f"{name}.pdf", json.loads(done.stdout)


def _kind_of(stderr: bytes) -> str:
    """The last line's error type: its message could quote the patient's text."""
    return stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1].partition(":")[0][:80] or "stopped"


def main(folder: str, name: str, template: str, seconds: str) -> None:
    """The child: read, show what no font has by its number, set, say which characters those were."""
    import typst

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    root = Path(folder)
    path = root / f"{name}.json"
    data = json.loads(path.read_text("utf-8"))
    compiler = typst.Compiler(root=root, font_paths=typst.Fonts(include_system_fonts=True))
    missing = _missing(compiler, _characters(data) - PLAIN)
    if missing:
        table = {ord(one): f"[U+{ord(one):04X}]" for one in missing}
        path.write_text(json.dumps(_each_text(data, lambda text: text.translate(table)), ensure_ascii=False), "utf-8")
    compiler.compile(
        input=str(root / template), output=str(root / f"{name}.pdf"), format="pdf", pdf_standards="a-3b", timestamp=int(seconds),
        pdf_tags=False, sys_inputs={"data": path.name},
    )  # fmt: skip
    sys.stdout.write(json.dumps(sorted(missing)))


def _characters(data: Any) -> set[str]:
    found: set[str] = set()
    for text in _texts(data):
        found.update(text)
    return found


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for one in data.values():
            yield from _texts(one)
    elif isinstance(data, list):
        for one in data:
            yield from _texts(one)


def _each_text(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, dict):
        return {name: _each_text(one, change) for name, one in data.items()}
    return [_each_text(one, change) for one in data] if isinstance(data, list) else data


def _missing(compiler: Any, suspects: set[str]) -> set[str]:
    """Those that can't be shown: controls, and what no font here has. Typst is asked, half by half."""
    controls = {one for one in suspects if (one < " " or "\x7f" <= one < "\xa0") and one not in _KEPT_CONTROLS}
    controls |= {one for one in suspects if "\ud800" <= one <= "\udfff"}
    return controls | _unshown(compiler, sorted(suspects - controls - set(_KEPT_CONTROLS)))


def _unshown(compiler: Any, suspects: list[str]) -> set[str]:
    if not suspects or _can_show(compiler, suspects):
        return set()
    if len(suspects) == 1:
        return set(suspects)
    half = len(suspects) // 2
    return _unshown(compiler, suspects[:half]) | _unshown(compiler, suspects[half:])


def _can_show(compiler: Any, characters: list[str]) -> bool:
    """Whether each can stand in PDF/A in both our faces. Apart from one another, so that none is joined to its neighbour."""
    import typst

    text = " ".join(characters)
    source = '#text(font:"Libertinus Serif", sys.inputs.t) #text(font:"DejaVu Sans Mono", sys.inputs.t)'
    try:
        compiler.compile(input=source.encode(), format="pdf", pdf_standards="a-3b", timestamp=0, sys_inputs={"t": text})
    except typst.TypstError:
        return False
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
