"""Which FHIR R4 search parameters the record index answers, and where in a resource each one looks.

Written ``parameter=path`` (a list of paths joined by ``,``); a bare name stands for the element of the same name in camel case.
Names and meanings are those of the R4 search parameter registry (FHIR R4, searchparameter-registry); token, reference and
string parameters only, since dates and quantities are ordered and a hash is not.
"""

from __future__ import annotations

from collections.abc import Iterator

_COMMON = "_id=id _tag=meta.tag _security=meta.security _profile=meta.profile"
_PERSON = (
    "identifier name family=name.family given=name.given gender telecom phone=telecom email=telecom active "
    "address-city=address.city address-state=address.state address-postalcode=address.postalCode"
)
_PLACE = "identifier name address-city=address.city address-state=address.state address-postalcode=address.postalCode"
_TABLE: dict[str, str] = {
    "Account": "identifier name owner subject patient=subject status type",
    "AdverseEvent": "actuality category event location recorder seriousness severity subject",
    "AllergyIntolerance": "asserter category clinical-status code=code,reaction.substance criticality identifier "
    "manifestation=reaction.manifestation patient recorder type verification-status",
    "Appointment": "actor=participant.actor patient=participant.actor appointment-type based-on identifier "
    "reason-code service-category service-type specialty status",
    "CarePlan": "activity-code=activity.detail.code based-on care-team category condition=addresses encounter goal "
    "identifier intent part-of subject patient=subject status",
    "CareTeam": "category encounter identifier participant=participant.member subject patient=subject status",
    "Claim": "care-team=careTeam.provider encounter=item.encounter identifier insurer patient priority provider status use",
    "ClinicalImpression": "assessor encounter identifier problem status subject patient=subject",
    "Communication": "based-on category encounter identifier medium part-of recipient sender status subject patient=subject",
    "Composition": "attester=attester.party author category confidentiality encounter identifier "
    "section=section.code status subject patient=subject title type",
    "Condition": "asserter body-site category clinical-status code encounter evidence=evidence.code identifier severity "
    "stage=stage.summary subject patient=subject verification-status",
    "Consent": "category consentor=performer identifier organization patient purpose=provision.purpose scope status",
    "Coverage": "beneficiary patient=beneficiary identifier payor policy-holder status subscriber type",
    "Device": "identifier location organization=owner patient status type",
    "DiagnosticReport": "based-on category code conclusion=conclusionCode encounter identifier performer result "
    "results-interpreter specimen status subject patient=subject",
    "DocumentReference": "authenticator author category contenttype=content.attachment.contentType custodian description "
    "encounter=context.encounter event=context.event facility=context.facilityType format=content.format identifier "
    "related=context.related relatesto=relatesTo.target relation=relatesTo.code security-label setting=context.practiceSetting status subject "
    "patient=subject type",
    "Encounter": "account appointment based-on class diagnosis=diagnosis.condition episode-of-care identifier "
    "location=location.location part-of participant=participant.individual participant-type=participant.type "
    "practitioner=participant.individual reason-code reason-reference service-provider "
    "special-arrangement=hospitalization.specialArrangement status subject patient=subject type",
    "EpisodeOfCare": "care-manager condition=diagnosis.condition identifier organization=managingOrganization patient "
    "status type",
    "ExplanationOfBenefit": "care-team=careTeam.provider claim coverage=insurance.coverage encounter=item.encounter "
    "identifier patient provider status",
    "FamilyMemberHistory": "code=condition.code identifier patient relationship sex status",
    "Flag": "author encounter identifier subject patient=subject",
    "Goal": "achievement-status category identifier lifecycle-status subject patient=subject",
    "ImagingStudy": "basedon=basedOn bodysite=series.bodySite encounter identifier modality=series.modality "
    "reason=reasonCode referrer series=series.uid status subject patient=subject",
    "Immunization": "identifier location lot-number manufacturer patient performer=performer.actor reason-code "
    "status status-reason target-disease=protocolApplied.targetDisease vaccine-code",
    "List": "code encounter identifier item=entry.item source status subject patient=subject title",
    "Location": _PLACE + " operational-status organization=managingOrganization partof=partOf status type",
    "Media": "based-on device encounter identifier modality operator site=bodySite status subject patient=subject type view",
    "Medication": "code form identifier ingredient=ingredient.itemReference ingredient-code=ingredient.itemCodeableConcept "
    "lot-number=batch.lotNumber manufacturer status",
    "MedicationAdministration": "code=medicationCodeableConcept context device identifier medication=medicationReference "
    "performer=performer.actor reason-given=reasonCode request status subject patient=subject",
    "MedicationDispense": "code=medicationCodeableConcept context identifier medication=medicationReference "
    "performer=performer.actor prescription=authorizingPrescription receiver status subject patient=subject type",
    "MedicationRequest": "category code=medicationCodeableConcept encounter identifier intended-performer=performer intent "
    "medication=medicationReference priority requester status subject patient=subject",
    "MedicationStatement": "category code=medicationCodeableConcept context identifier medication=medicationReference part-of "
    "source=informationSource status subject patient=subject",
    "NutritionOrder": "encounter identifier oraldiet=oralDiet.type patient provider=orderer status",
    "Observation": "based-on category code combo-code=code,component.code component-code=component.code "
    "combo-value-concept=valueCodeableConcept,component.valueCodeableConcept data-absent-reason derived-from device encounter "
    "focus has-member identifier method part-of performer specimen status subject patient=subject "
    "value-concept=valueCodeableConcept",
    "Organization": _PLACE + " active partof=partOf type",
    "Patient": _PERSON
    + " general-practitioner language=communication.language link=link.other organization=managingOrganization",
    "Practitioner": _PERSON + " communication",
    "PractitionerRole": "active identifier location organization practitioner role=code specialty telecom",
    "Procedure": "based-on category code encounter identifier location part-of performer=performer.actor reason-code "
    "reason-reference status subject patient=subject",
    "Provenance": "agent=agent.who agent-role=agent.role agent-type=agent.type entity=entity.what location "
    "patient=target target",
    "QuestionnaireResponse": "author based-on encounter identifier part-of questionnaire source status subject patient=subject",
    "RelatedPerson": _PERSON.replace(" family=name.family given=name.given", "") + " patient relationship",
    "RiskAssessment": "condition encounter identifier method performer risk=prediction.qualitativeRisk subject patient=subject",
    "ServiceRequest": "based-on body-site category code encounter identifier intent performer performer-type priority replaces "
    "requester requisition specimen status subject patient=subject",
    "Specimen": "accession=accessionIdentifier bodysite=collection.bodySite collector=collection.collector identifier parent "
    "status subject patient=subject type",
    "Task": "based-on business-status code encounter focus group-identifier identifier intent owner part-of "
    "patient=for performer=performerType priority requester status subject=for",
}


def parameters_of(resource_type: str) -> Iterator[tuple[str, str]]:
    """(parameter, path) of a resource type; a parameter over two elements comes twice."""
    for item in f"{_COMMON} {_TABLE.get(resource_type, 'identifier')}".split():
        name, _, paths = item.partition("=")
        for path in (paths or _camel(name)).split(","):
            yield name, path


def described_types() -> list[str]:
    """The resource types with parameters of their own."""
    return sorted(_TABLE)


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)
