"""Sums of a regrouped year are joined and kept as JSON."""

from decimal import Decimal

from muniment.codeupdates.regrouping import Sums, Tally


def test_sums_are_joined_and_read_back_as_they_were_written():
    one, other = Sums(2, 1, 0, 1, Decimal("1.5"), Decimal("1.25")), Sums(1, 0, 0, 1, Decimal("0.5"), Decimal("0.75"))
    tally = Tally({("0" * 36, "Medicine, ward 3"): one, ("0" * 36, ""): other}, {"a|b": 2})
    assert Tally.read(tally.written(), tally.usage) == tally
    one.join(other)
    assert (one.stays, one.cmi_before, one.cmi_after) == (3, Decimal("1.0"), Decimal("1.0"))
    assert Sums().cmi_after is None
