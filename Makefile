# Everything that is not here is in `attain --help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test check dev bench soak golden lock clean

help: ## Show the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

# Only a runtime that is too old or absent stops here, and says so in one sentence.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Attain needs Python 3.11 or newer as '$(PYTHON)'; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(STAMP): requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements-dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(STAMP)

demo: $(STAMP) ## Seed a demo company, start the bot and a Slack in the browser, print the address
	$(BIN)/attain demo $(ARGS)

dev: $(DEV_STAMP) ## Set up everything that tests and checks need

test: $(DEV_STAMP) ## Run every test this machine can run, on SQLite and Postgres
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not soak" $(ARGS)

check: $(DEV_STAMP) ## Lint, types, import contracts, house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_house.py tests/test_docs.py

bench: $(DEV_STAMP) ## Benchmarks as JSON lines, each figure beside its reference in the same run
	@for area in calculation richest nudges storage close sync feeds slack spifs outbox schedule; do $(BIN)/python -m benchmarks.$$area || exit 1; done

soak: $(DEV_STAMP) ## The long seeded runs: property and fault tests at full length
	ATTAIN_HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -n $(WORKERS) --timeout=3600 $(ARGS)

golden: $(DEV_STAMP) ## Write the golden payloads and statements anew; read the diff before you commit it
	$(BIN)/python -m tests.golden.quarter
	ATTAIN_WRITE_GOLDEN=1 $(BIN)/python -m pytest -q tests/messages

lock: | $(BIN)/python ## Pin dependencies anew, with hashes and without naming an index
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --extra build pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --extra build --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## Remove the environment, caches and the demo's data
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis var
