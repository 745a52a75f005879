"""Small CDA documents written for tests: a header and whatever sections the test is about. Nobody in them exists."""

HEADER = """
  <realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/>
  <templateId root="2.16.840.1.113883.10.20.22.1.8" extension="2015-08-01"/>
  <id root="1.2.3.4.5" extension="DOC-1"/>
  <code code="18842-5" codeSystem="2.16.840.1.113883.6.1" displayName="Discharge summary"/>
  <title>Discharge summary</title>
  <effectiveTime value="20240310143000-0500"/>
  <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="en-US"/>
  <setId root="1.2.3.4.5" extension="SET-1"/><versionNumber value="2"/>
"""
PATIENT = """
  <recordTarget><patientRole>
    <id root="1.2.3.4.6" extension="MRN-77"/><id root="2.16.840.1.113883.4.1" extension="999-00-0001"/>
    <addr use="HP"><streetAddressLine>1 Sample Road</streetAddressLine><city>Testville</city><state>OH</state>
      <postalCode>44101</postalCode></addr>
    <telecom use="MC" value="tel:+1-555-0100"/><telecom value="mailto:nobody@example.org"/><telecom nullFlavor="UNK"/>
    <patient><name use="L"><given>Tessa</given><given>Q</given><family>Sampleton</family></name>
      <name><given>Tessa</given><family qualifier="BR">Before</family></name>
      <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19500203"/>
      <sdtc:deceasedInd value="true"/><sdtc:deceasedTime value="20240311"/></patient>
  </patientRole></recordTarget>
"""
PEOPLE = """
  <author><time value="202403101430-0500"/><assignedAuthor><id root="2.16.840.1.113883.4.6" extension="1999999992"/>
    <assignedPerson><name><given>Ada</given><family>Writer</family><suffix>MD</suffix></name></assignedPerson></assignedAuthor></author>
  <custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.3" extension="MAIN"/><name>Sample Hospital</name>
    </representedCustodianOrganization></assignedCustodian></custodian>
  <legalAuthenticator><time value="20240310"/><signatureCode code="S"/><assignedEntity><id root="2.16.840.1.113883.4.6"
    extension="1999999992"/><assignedPerson><name><given>Ada</given><family>Writer</family></name></assignedPerson></assignedEntity>
    </legalAuthenticator>
  <relatedDocument typeCode="RPLC"><parentDocument><id root="1.2.3.4.5" extension="DOC-0"/></parentDocument></relatedDocument>
"""
STAY = """
  <componentOf><encompassingEncounter><id root="1.2.3.9" extension="V-5"/>
    <code code="IMP" codeSystem="2.16.840.1.113883.5.4" displayName="Inpatient"/>
    <effectiveTime><low value="202403050800-0500"/><high value="202403101200-0500"/></effectiveTime>
    <dischargeDispositionCode code="1" codeSystem="2.16.840.1.113883.6.301.5"/>
    <responsibleParty><assignedEntity><id root="2.16.840.1.113883.4.6" extension="1999999984"/><assignedPerson><name><given>Al</given>
      <family>Tending</family></name></assignedPerson></assignedEntity></responsibleParty>
    <location><healthCareFacility><id root="1.2.3" extension="MAIN"/><location><name>Ward 4</name></location></healthCareFacility></location>
  </encompassingEncounter></componentOf>
"""
_ROOT = (
    '<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)
TEMPLATE = "2.16.840.1.113883.10.20.22.4."


def document(
    *sections: str, patient: str = PATIENT, header: str = HEADER, people: str = PEOPLE, stay: str = STAY, body: str = ""
) -> bytes:
    """A discharge summary with these sections, or with ``body`` instead of a structured one."""
    parts = "".join(f"<component>{each}</component>" for each in sections)
    inner = body or f"<structuredBody>{parts}</structuredBody>"
    return f"{_ROOT}{header}{patient}{people}{stay}<component>{inner}</component></ClinicalDocument>".encode()


def section(code: str, *entries: str, title: str = "Section", text: str = "") -> str:
    """A section with that LOINC code."""
    inner = "".join(f"<entry>{each}</entry>" for each in entries)
    return f'<section><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/><title>{title}</title><text>{text}</text>{inner}</section>'


def snomed(element: str, code: str, name: str = "", inner: str = "", kind: str = "") -> str:
    kind = f' xsi:type="{kind}"' if kind else ""
    return f'<{element}{kind} code="{code}" codeSystem="2.16.840.1.113883.6.96" displayName="{name}">{inner}</{element}>'


def problem(
    value: str, *, attributes: str = "", time: str = "", inner: str = "", status: str = "active", ident: str = "P-1"
) -> str:
    """A problem concern act with one problem observation."""
    return f"""<act classCode="ACT" moodCode="EVN"><templateId root="{TEMPLATE}3"/><id root="1.2.3.10" extension="C-{ident}"/>
      <code code="CONC"/><statusCode code="{status}"/><entryRelationship typeCode="SUBJ">
      <observation classCode="OBS" moodCode="EVN" {attributes}><templateId root="{TEMPLATE}4"/><id root="1.2.3.10" extension="{ident}"/>
      <code code="55607006" codeSystem="2.16.840.1.113883.6.96"/><statusCode code="completed"/>
      <effectiveTime>{time}</effectiveTime>{value}{inner}</observation></entryRelationship></act>"""


def allergy(kind: str, agent: str = "", *, attributes: str = "", inner: str = "", status: str = "active") -> str:
    """An allergy concern act with one allergy observation."""
    return f"""<act classCode="ACT" moodCode="EVN"><templateId root="{TEMPLATE}30"/><id root="1.2.3.11" extension="A-0"/>
      <code code="CONC"/><statusCode code="{status}"/><entryRelationship typeCode="SUBJ">
      <observation classCode="OBS" moodCode="EVN" {attributes}><templateId root="{TEMPLATE}7"/><id root="1.2.3.11" extension="A-1"/>
      <code code="ASSERTION"/><statusCode code="completed"/>{snomed("value", kind, kind="CD")}
      <participant typeCode="CSM"><participantRole><playingEntity>{agent or '<code nullFlavor="NA"/>'}</playingEntity></participantRole>
      </participant>{inner}</observation></entryRelationship></act>"""


def result(value: str, *, attributes: str = "", inner: str = "", status: str = "completed", ident: str = "R-1") -> str:
    """A result observation."""
    return f"""<observation classCode="OBS" moodCode="EVN" {attributes}><templateId root="{TEMPLATE}2"/>
      <id root="1.2.3.12" extension="{ident}"/><code code="2345-7" codeSystem="2.16.840.1.113883.6.1" displayName="Glucose"/>
      <statusCode code="{status}"/><effectiveTime value="202403060700-0500"/>{value}{inner}</observation>"""


def organizer(*observations: str, template: str = "1") -> str:
    inner = "".join(f"<component>{each}</component>" for each in observations)
    return f"""<organizer classCode="BATTERY" moodCode="EVN"><templateId root="{TEMPLATE}{template}"/><id root="1.2.3.12" extension="O-1"/>
      <code code="24323-8" codeSystem="2.16.840.1.113883.6.1" displayName="Metabolic panel"/><statusCode code="completed"/>{inner}</organizer>"""


def drug(
    *, mood: str = "EVN", attributes: str = "", template: str = "16", code: str = "", inner: str = "", status: str = "active"
) -> str:
    """A substance administration: a medication activity, or with another template an immunization."""
    code = code or '<code code="197361" codeSystem="2.16.840.1.113883.6.88" displayName="amlodipine 5 MG"/>'
    return f"""<substanceAdministration classCode="SBADM" moodCode="{mood}" {attributes}><templateId root="{TEMPLATE}{template}"/>
      <id root="1.2.3.13" extension="M-{template}"/><statusCode code="{status}"/>{inner}
      <consumable><manufacturedProduct><manufacturedMaterial>{code}<lotNumberText>L-9</lotNumberText></manufacturedMaterial>
      </manufacturedProduct></consumable></substanceAdministration>"""
