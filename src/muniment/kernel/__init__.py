"""Pure Python that everything stands on: identifiers, names, dates, codes, errors, canonical FHIR JSON. No Django."""
