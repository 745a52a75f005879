"""The demo hospital: an invented health system, written by our own code, seeded, the same every time. No real person is in it.

``messages()`` yields what its systems would have sent in eighteen months (HL7 v2.5.1, C-CDA R2.1, FHIR R4) in order of time;
``gold()`` the codes a coder should find; ``staff()`` who works there. The loader takes it all in through the same intake as
anything else.

**Why it is the same every time.** Every choice comes from a ``Draw``: a stream seeded with SHA-256 of a key (the seed, what is
being drawn, the visit number), never from ``hash()``, a clock, a set's order or the operating system. Only ``Random.random()``
is used, whose sequence Python promises for a seed. One stream belongs to one subject, so that how one stay is told never shifts
another. Times are counted in UTC from ``as_of`` and written in the hospital's zone. The same arguments give the same bytes in
another process and on Python 3.11 and 3.13; another ``as_of`` moves the whole history with it.

**Why nobody is meant.** Names are put together from lists; telephone numbers are 555-01xx, reserved for fiction; postal codes
carry a prefix that no place has; there are no social security numbers; NPIs fail their check digit on purpose.
"""

from muniment.demo.generator import assigners, gold, messages
from muniment.demo.organisation import DEFAULT_AS_OF, FACILITIES, ORGANISATION, ORGANISATION_CODE, Facility
from muniment.demo.staff import Staff, staff
from muniment.demo.story import Gold
from muniment.demo.writer import Sent

__all__ = [
    "DEFAULT_AS_OF",
    "FACILITIES",
    "ORGANISATION",
    "ORGANISATION_CODE",
    "Facility",
    "Gold",
    "Sent",
    "Staff",
    "assigners",
    "gold",
    "messages",
    "staff",
]
