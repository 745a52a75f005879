"""A stay whose orders come from an ordering system by HL7 v2, one method a message."""

from __future__ import annotations

from support.house import House, system_actor

ORDER_STONE = "Stone^Stone^Ada^^^^MD^^NPI^L^^^NPI"
NURSE = "7^Nurse^Nora^^^^RN"
PATIENT = "PID|1||1001^^^HOSP^MR||ROWE^Alba||19610314|F\r"
VISIT = f"PV1|1|I|4W^12^A^HOSP||||{ORDER_STONE}|||MED||||7|||{ORDER_STONE}||V1^^^HOSP^VN"
ADMITTED, DISCHARGED = "20260301100000", "20260305120000"


class OrderFeed:
    """Doctor Stone signs here as the clinician. Times are those of the facility (New York)."""

    def __init__(self, house: House) -> None:
        from muniment.accounts.actions import list_practitioner
        from muniment.intake.desk import Desk
        from muniment.intake.directory import NPI

        self.desk, self.count = Desk(actor=system_actor(), source="test"), 0
        self.stone = list_practitioner(
            actor=system_actor(), family="Stone", given="Ada", credential="MD", identifiers=[(NPI, "Stone")],
            user=house.users["clinician"],
        )  # fmt: skip

    def send(self, kind: str, at: str, *segments: str, application: str = "CPOE") -> None:
        self.count += 1
        header = f"MSH|^~\\&|{application}|HOSP|HIM|HOSP|{at}||{kind}|C{self.count}|P|2.5.1\r"
        content = header + "".join(f"{one}\r" for one in segments)
        (done,) = self.desk.take(content.replace("\r\r", "\r").encode())
        assert done.status == "filed", done

    def discharge(self) -> None:
        times = f"{'|' * 25}{ADMITTED}|{DISCHARGED}"
        self.send("ADT^A01^ADT_A01", ADMITTED, f"EVN|A01|{ADMITTED}", PATIENT, VISIT + "|" * 25 + ADMITTED, application="ADT")
        self.send("ADT^A03^ADT_A03", DISCHARGED, f"EVN|A03|{DISCHARGED}", PATIENT, VISIT + times, application="ADT")

    def order(
        self, *, mode: str, by: str = ORDER_STONE, control: str = "NW", dose: str = "4", at: str = "20260303031000", status: str = ""
    ) -> None:  # fmt: skip
        orc = _orc({1: control, 2: "P77^CPOE", 5: status, 9: at, 10: NURSE, 12: by, 30: f"{mode}^^HL70483" if mode else ""})
        self.send("OMP^O09^OMP_O09", at, PATIENT, VISIT, orc, _drug(dose))

    def verify(self, by: str, *, at: str = "20260306090000") -> None:
        """An update that says who verified the order, and nothing of how it was given."""
        self.send(
            "OMP^O09^OMP_O09", at, PATIENT, VISIT, _orc({1: "SC", 2: "P77^CPOE", 9: at, 11: by, 12: ORDER_STONE}), _drug("4")
        )

    def retract_order(self) -> None:
        self.order(mode="", control="SC", status="ER", at="20260307080000")


def _orc(said: dict[int, str]) -> str:
    return "ORC|" + "|".join(said.get(place, "") for place in range(1, 31)).rstrip("|")


def _drug(dose: str) -> str:
    return f"RXO|7052^Morphine sulfate^RXNORM|{dose}||mg^mg^UCUM||^Every 4 hours as needed|^Every 4 hours as needed"
