"""Demographics as one statement: what a source says, laid over what was known, in the form that is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec

from muniment.identity.rules import Traits
from muniment.kernel.names import folded

_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Demographics:
    """What is known of a patient. Empty means "not said". Names, addresses and telecoms are FHIR R4 HumanName, Address, ContactPoint."""

    names: tuple[dict[str, Any], ...] = ()
    birth: str = ""  # FHIR date, as exact as the source
    sex: str = ""
    deceased: bool | None = None
    deceased_at: str = ""
    addresses: tuple[dict[str, Any], ...] = ()
    telecoms: tuple[dict[str, Any], ...] = ()
    flags: frozenset[str] = frozenset()
    shared_numbers: frozenset[str] = field(default=frozenset(), compare=False)

    def canonical(self) -> bytes:
        said = {
            "names": self.names, "birth": self.birth, "sex": self.sex, "deceased": self.deceased, "deceased_at": self.deceased_at,
            "addresses": self.addresses, "telecoms": self.telecoms, "flags": sorted(self.flags),
        }  # fmt: skip
        return _encode(said)

    @classmethod
    def read(cls, canonical: str) -> Demographics:
        """What ``canonical`` wrote."""
        said = msgspec.json.decode(canonical)
        said |= {"flags": frozenset(said["flags"])}
        return cls(**said | {name: tuple(said[name]) for name in ("names", "addresses", "telecoms")})

    def digest(self) -> bytes:
        return sha256(self.canonical()).digest()

    def over(self, known: Demographics) -> Demographics:
        """This statement laid over what was known: what it does not say stays; a name it replaces is kept as a former one."""
        return Demographics(
            names=self._names_over(known.names),
            birth=self.birth or known.birth,
            sex=self.sex or known.sex,
            deceased=self.deceased if self.deceased is not None else known.deceased,
            deceased_at=self.deceased_at or known.deceased_at,
            addresses=self.addresses or known.addresses,
            telecoms=self.telecoms or known.telecoms,
            flags=self.flags or known.flags,
        )

    def _names_over(self, known: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        if not self.names:
            return known
        families = {_family(one) for one in self.names}
        others = tuple(name for name in known if _family(name) not in families)
        if any(_is_current(name) for name in self.names):
            return self.names + tuple(name | {"use": "old"} for name in others)
        current = tuple(name for name in known if _is_current(name))  # only former names are told: nobody is renamed
        told = tuple(name for name in self.names if _whole(name) not in {_whole(one) for one in current})
        return current + told + tuple(name for name in others if not _is_current(name))

    @property
    def official(self) -> dict[str, Any]:
        """The name the record goes by; empty when none is known."""
        return next((name for name in self.names if _is_current(name)), self.names[0] if self.names else {})

    def columns(self) -> dict[str, Any]:
        """The columns of ``identity.Patient`` that restate this."""
        name = self.official
        return {
            "family": name.get("family", "")[:200],
            "given": " ".join(name.get("given", ()))[:200],
            "suffix": " ".join(name.get("suffix", ()))[:40],
            "birth": self.birth[:40],
            "birth_date": full_date(self.birth),
            "sex": self.sex[:10],
            "deceased": bool(self.deceased or self.deceased_at),
            "deceased_at": self.deceased_at[:40],
            "flags": sorted(self.flags),
            "names": list(self.names),
            "addresses": list(self.addresses),
            "telecoms": list(self.telecoms),
            "search_name": " ".join([folded(" ".join(_whole(one) for one in self.names)), *sorted(phones(self.telecoms))])[
                :400
            ],
            "family_key": folded(name.get("family", ""))[:200],
        }

    def traits(self) -> Traits:
        name = self.official
        families = {folded(_family(one)) for one in self.names} - {folded(name.get("family", ""))}
        return Traits(
            family=folded(name.get("family", "")), given=folded(" ".join(name.get("given", ()))), birth=full_date(self.birth), sex=self.sex,
            phones=phones(self.telecoms), shared_numbers=self.shared_numbers, former_families=frozenset(families - {""}),
        )  # fmt: skip


def full_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if len(text) >= 10 else None
    except ValueError:
        return None


def phones(telecoms: Any) -> frozenset[str]:
    """Telephone numbers as digits, the last ten: country codes are written or not."""
    digits = (
        "".join(one for one in telecom.get("value", "") if one.isdigit())[-10:]
        for telecom in telecoms
        if telecom.get("system") == "phone"
    )
    return frozenset(one for one in digits if len(one) >= 7)


def _is_current(name: dict[str, Any]) -> bool:
    return name.get("use") in ("official", "usual", None)


def _family(name: dict[str, Any]) -> str:
    return str(name.get("family", ""))


def _whole(name: dict[str, Any]) -> str:
    return " ".join([_family(name), *name.get("given", ())])
