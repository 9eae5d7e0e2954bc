"""FHIR R4: what a setting's own system is shown of a child who stands there, in the words of its standard."""
