"""A list paged by numbers: every row once, from the first page to the last and back, whatever the address says."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest

from muniment.ui.paging import numbered


class Rows(list):
    """A query: it is sliced and counted."""

    def count(self):  # type: ignore[override]
        return len(self)


def address(**more):
    return "?" + urlencode({name: value for name, value in more.items() if value})


def at(url):
    return parse_qs(url[1:]).get("from", [""])[0]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
def test_every_row_is_on_one_page(count):
    seen, place, pages = [], "", []
    while True:
        rows, page = numbered(Rows(range(count)), place, address, size=3)
        seen, pages = seen + rows, [*pages, page]
        if not page.next_url:
            break
        place = at(page.next_url)
    assert seen == list(range(count))
    assert (pages[0].previous_url, pages[-1].last, pages[-1].total) == ("", count, count)
    assert [at(page.previous_url) for page in pages[1:]] == ["", "3"][: len(pages) - 1]


@pytest.mark.parametrize("text", ["-1", "x", "9" * 5000, "²", "٣", "1e3", "99999999"])
def test_a_number_that_is_none_or_too_large_does_no_harm(text):
    rows, page = numbered(Rows(range(5)), text, address, size=3)
    assert rows == ([] if text == "99999999" else [0, 1, 2])
    assert page.total == 5
