"""What does the national register of patients say: whose number is this, and which number has this child?

The register is the NHS Personal Demographics Service (PDS) through its FHIR R4 API. Nothing is asked of it unless
a partnership has an agreement with NHS England and has configured it (`setting_up.py`).

Where is…
- what can be asked, and what comes back: `asking.py`
- where it is, and with which key questions are signed, from the environment: `setting_up.py`
- how its FHIR is read: `reading.py`
- which questions are asked in turn to find a child: `steps.py`
- calls, retries and errors in words: `client.py`; signed access: `signing.py`

Holds no access rules and writes no table: `people.tracing` does.
"""
