"""XDM packages written for tests. Nobody in them exists."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

_ROOT = '<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><rim:RegistryObjectList>'


def slot(name: str, *values: str) -> str:
    held = "".join(f"<rim:Value>{value}</rim:Value>" for value in values)
    return f'<rim:Slot name="{name}"><rim:ValueList>{held}</rim:ValueList></rim:Slot>'


def entry(uri: str, content: bytes, *, media_type: str = "application/pdf", number: str = "1.2.3.99.1", **said: Any) -> str:
    """``said``: size, hash, patient, institution, instead of what is right."""
    patient = said.get("patient", "MRN-77^^^&amp;1.2.3.4.6&amp;ISO")
    institution = said.get("institution", "Sample Clinic^^^^^^^^^1.2.3.50")
    return (
        f'<rim:ExtrinsicObject id="D{number}" mimeType="{media_type}" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">'
        + slot("URI", *(uri if isinstance(uri, tuple) else (uri,)))
        + slot("creationTime", "20260314130500")
        + slot("hash", said.get("hash", hashlib.sha1(content).hexdigest()))
        + slot("size", said.get("size", str(len(content))))
        + slot("sourcePatientId", patient)
        + slot("sourcePatientInfo", "PID-3|MRN-77", "PID-5|Sampleton^Tessa^Q", "PID-7|19500203", "PID-8|F")
        + '<rim:Name><rim:LocalizedString value="Discharge letter"/></rim:Name>'
        + '<rim:Classification classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d" nodeRepresentation="">'
        + slot("authorPerson", "1999999992^Writer^Ada^^^^^^&amp;2.16.840.1.113883.4.6&amp;ISO")
        + slot("authorInstitution", institution)
        + "</rim:Classification>"
        + '<rim:Classification classificationScheme="urn:uuid:f0306f51-975f-434e-a61c-c59651d33983" nodeRepresentation="18842-5">'
        + slot("codingScheme", "2.16.840.1.113883.6.1")
        + '<rim:Name><rim:LocalizedString value="Discharge summary"/></rim:Name></rim:Classification>'
        + f'<rim:ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="{number}"/>'
        + "</rim:ExtrinsicObject>"
    )


def metadata(*entries: str) -> bytes:
    return (_ROOT + "".join(entries) + "</rim:RegistryObjectList></lcm:SubmitObjectsRequest>").encode()


def package(files: dict[str, bytes], *entries: str, **more: bytes) -> bytes:
    """``files`` lie beside the metadata, ``more`` at the top."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("INDEX.HTM", b"<html/>")
        packed.writestr("IHE_XDM/SUBSET01/METADATA.XML", metadata(*entries))
        for name, content in files.items():
            packed.writestr(f"IHE_XDM/SUBSET01/{name}", content)
        for name, content in more.items():
            packed.writestr(name, content)
    return out.getvalue()
