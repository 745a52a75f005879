"""Dictated documents of a stay, sent by a transcription system: one method a message, times of New York."""

from __future__ import annotations

from support.house import House, system_actor
from support.orders import ORDER_STONE, PATIENT, VISIT, OrderFeed

REED = "Reed^Reed^Rosa^^^^MD^^NPI^L^^^NPI"


class DictationFeed(OrderFeed):
    """The stay is of 1 to 5 March 2026."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.discharge()

    def document(
        self, number: str, *, dictated: str = "", transcribed: str = "", signed: str = "", status: str = "", by: str = ORDER_STONE,
        code: str = "18842-5^Discharge summary", system: str = "TRX", trigger: str = "T02", sent: str = "20260320120000", visit: str = "V1",
    ) -> None:  # fmt: skip
        """``status`` is TXA-17; by default authenticated where it is ``signed``, else dictated."""
        said = {
            1: "1", 2: f"{code}^LN", 3: "TX", 4: dictated, 5: by, 6: dictated, 7: transcribed, 9: by, 12: number,
            17: status or ("AU" if signed else "DI"), 19: "AV", 22: f"{by}^^{signed}" if signed else "",
        }  # fmt: skip
        txa = "TXA|" + "|".join(said.get(place, "") for place in range(1, 23)).rstrip("|")
        self.send(
            f"MDM^{trigger}^MDM_T02",
            sent,
            PATIENT,
            VISIT.replace("||V1^", f"||{visit}^"),
            txa,
            f"OBX|1|TX|{code}^LN||Text of {number}.||||||F",
            application=system,
        )

    def retract(self, number: str) -> None:
        self.send("MDM^T11^MDM_T01", "20260321120000", PATIENT, VISIT, f"TXA|1|DS|TX{'|' * 9}{number}", application="TRX")


def follow() -> int:
    from muniment.transcription import actions

    total = 0
    while count := actions.drain(actor=system_actor()):
        total += count
    return total
