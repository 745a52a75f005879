"""FHIR R4 JSON (resources, bundles, NDJSON, plain or gzip) → submissions. Pure: no database, no Django."""

from muniment.intake.fhir_json.reader import read
from muniment.intake.fhir_json.units import MAX_UNIT, units, unpack

__all__ = ["MAX_UNIT", "read", "units", "unpack"]
