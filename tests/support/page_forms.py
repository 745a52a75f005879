"""What a browser would send of a form as it stands on a page: the controls with their values, in the page's order."""

from __future__ import annotations

from html.parser import HTMLParser


class _Controls(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.select = self.area = ""
        self.options: list[tuple[str, bool]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "input" and said.get("name"):
            if said.get("type") not in ("checkbox", "radio") or "checked" in said:
                self._send(said["name"], said.get("value") or ("on" if said.get("type") == "checkbox" else ""))
        elif tag == "select":
            self.select, self.options = said["name"], []
        elif tag == "option":
            self.options.append((said.get("value", ""), "selected" in said))
        elif tag == "textarea":
            self.area, self.text = said["name"], []

    def handle_data(self, data):
        if self.area:
            self.text.append(data)

    def handle_endtag(self, tag):
        if tag == "select":
            chosen = [value for value, selected in self.options if selected] or [self.options[0][0]]
            self._send(self.select, chosen[0])
        elif tag == "textarea":
            self._send(self.area, "".join(self.text).removeprefix("\n"))
            self.area = ""

    def _send(self, name, value):
        self.sent.setdefault(name, []).append(value)


def sent(html: str) -> dict[str, list[str]]:
    """Name → values of every control on the page, but for buttons."""
    reader = _Controls()
    reader.feed(html)
    return reader.sent
