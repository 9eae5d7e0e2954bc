# The two commands everything else rests on:
#   make run    set up what is missing and serve on http://127.0.0.1:8000 (PORT=… changes it) until Ctrl-C
#   make test   set up what the tests need, a browser included, and run every check
# Also: make lint, make unit, make shots, make pictures, make lock, make sbom, make clean.

PORT ?= 8000
SHOTS ?= var/shots
PROCESSES ?= 2
BIN := .venv/bin
SIDE_BY_SIDE := $(BIN)/python -m pytest -p tests.home_of_each_worker --numprocesses $(PROCESSES)
# In the order of their folders: small files come last, so that the processes end together.
BY_FILE := --dist loadfile --no-loadscope-reorder
BY_GROUP := --dist loadgroup --no-loadscope-reorder
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input install

# A stamp is newer than the lock file it was made from, so a second start installs nothing.
SERVICE := .venv/.service
DEVELOPMENT := .venv/.development
TEST_MACHINE := .venv/.test-machine

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test lint unit shots pictures lock sbom clean

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

run: $(SERVICE)
	@exec $(BIN)/jigsaw serve --port $(PORT)

# The browser's driver keeps an event loop alive in its process, so the tests that need it have processes of their own.
test: lint $(TEST_MACHINE)
	$(SIDE_BY_SIDE) $(BY_FILE) --ignore=tests/functional
	$(SIDE_BY_SIDE) $(BY_GROUP) tests/functional

lint: $(DEVELOPMENT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# Needs neither a database nor a browser.
unit: $(DEVELOPMENT)
	$(BIN)/python -m pytest tests/unit tests/spec tests/property

# Every page the browser tests visit is saved as a picture in $(SHOTS).
shots: $(DEVELOPMENT) $(TEST_MACHINE)
	JIGSAW_SHOTS=$(abspath $(SHOTS)) $(SIDE_BY_SIDE) $(BY_GROUP) tests/functional

# The pictures of the documents, from those of the tests.
pictures: shots
	$(BIN)/python scripts/pictures-for-documents $(SHOTS) docs/images
	$(BIN)/python tests/architecture/pages.py > docs/reference/pages.md

# Of which libraries it is made, for machines: CycloneDX 1.6, from what is locked.
sbom:
	@python3 scripts/sbom > sbom.json && echo "sbom.json lists $$(grep -c '"purl"' sbom.json) libraries."

lock: $(DEVELOPMENT)
	@for name in build service development; do \
	    case $$name in development) constraint="--constraint requirements/service.txt" ;; *) constraint= ;; esac; \
	    $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 $$constraint \
	        requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

# Keeps var: the data is not ours to throw away.
clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build src/*.egg-info
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	@scripts/make-venv .venv

$(SERVICE): $(BIN)/pip requirements/build.txt requirements/service.txt pyproject.toml
	@echo "Installing Jigsaw (once, about a minute) …"
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --require-hashes -r requirements/service.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): $(SERVICE) requirements/development.txt
	@echo "Installing what the tests need (once) …"
	@$(PIP) --require-hashes -r requirements/development.txt
	@touch $@

$(TEST_MACHINE): $(DEVELOPMENT) scripts/prepare-test-machine
	@scripts/prepare-test-machine
	@touch $@
