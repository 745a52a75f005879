"""Roles of a health records department. Pure."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    TECHNICIAN = "technician"
    CODER = "coder"
    ROI_SPECIALIST = "roi-specialist"
    IDENTITY_SPECIALIST = "identity-specialist"
    CLINICIAN = "clinician"
    ADMINISTRATOR = "administrator"
    PRIVACY_OFFICER = "privacy-officer"
    RESEARCHER = "researcher"
    DATABASE_ADMINISTRATOR = "database-administrator"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Role.TECHNICIAN: "Records technician",
    Role.CODER: "Coder",
    Role.ROI_SPECIALIST: "Release of information specialist",
    Role.IDENTITY_SPECIALIST: "Identity (MPI) specialist",
    Role.CLINICIAN: "Clinician",
    Role.ADMINISTRATOR: "HIM administrator",
    Role.PRIVACY_OFFICER: "Privacy officer",
    Role.RESEARCHER: "Researcher",
    Role.DATABASE_ADMINISTRATOR: "Database administrator",
    Role.AUDITOR: "Auditor",
}
