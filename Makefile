# Everything a newcomer needs: `make demo` to see it, `make test` to trust it, `make help` for the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.PHONY: help demo demo-once test test-fast test-all check format bench docs lock clean

help: ## Show what make can do.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.demo ## Run a simulated company through the whole stack and serve its dashboards (PORT=8000).
	@$(BIN)/mainstem demo --port $(PORT)

demo-once: $(VENV)/.demo ## The same, but print a summary and exit: 0 when every number agrees.
	@$(BIN)/mainstem demo --once

test-fast: $(VENV)/.dev ## Run the tests that need no browser and no whole dbt build, in at most 3 minutes.
	@MAINSTEM_TEST_SHARE=0.1 $(BIN)/python -m pytest -q -n 2 --dist loadfile \
		-m 'not journey and not slow and not long'

test: $(VENV)/.dev $(VENV)/.browser ## Run the tests, with the journeys through a real browser.
	@MAINSTEM_NPM=$(CURDIR)/$(VENV)/npm/node_modules $(BIN)/python -m pytest -q -n 2 --dist loadfile \
		-m 'not slow and not journey'
	@MAINSTEM_NPM=$(CURDIR)/$(VENV)/npm/node_modules $(BIN)/python -m pytest -q -m 'journey and not slow'

test-all: $(VENV)/.dev $(VENV)/.browser ## Run every test there is, the long ones too.
	@MAINSTEM_NPM=$(CURDIR)/$(VENV)/npm/node_modules $(BIN)/python -m pytest -q

check: $(VENV)/.dev ## Check format, lint, types and the import contracts.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code and mend what lint can mend.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Measure, and print one table of ratios against named limits.
	@$(BIN)/python -m benchmarks --write

docs: $(VENV)/.dev ## Write the references that are made from the code.
	@COLUMNS=80 $(BIN)/python docs/generate.py

lock: $(VENV)/.uv ## Resolve the dependencies anew and pin them by hash.
	@$(COMPILE) --upgrade requirements/uv.in -o requirements/uv.txt
	@$(COMPILE) --upgrade pyproject.toml --extra demo --group build -o requirements/demo.txt
	@$(COMPILE) --upgrade pyproject.toml --extra demo --group build --group dev -c requirements/demo.txt -o requirements/dev.txt

clean: ## Remove the environment and what the demo keeps.
	@# Root's embedded Postgres may live elsewhere; it goes with the project whose file names it.
	@for place in .mainstem/*/data/postgres.place; do [ ! -f "$$place" ] || rm -rf -- "$$(cat "$$place")"; done
	@rm -rf $(VENV) .mainstem build dist

# --- how the environment is made -------------------------------------------------------------------------

$(VENV)/.uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Mainstem needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Set PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'installing python3-venv'; $(AS_ROOT) apt-get update -qq && $(AS_ROOT) apt-get install -y -qq python3-venv >/dev/null; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.demo: $(VENV)/.uv requirements/demo.txt pyproject.toml
	@echo 'installing Mainstem into $(VENV)'
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/demo.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.demo requirements/dev.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.browser: tests/npm/package.json tests/npm/package-lock.json
	@command -v chromium >/dev/null || \
		{ echo 'installing Chromium'; $(AS_ROOT) apt-get update -qq && $(AS_ROOT) apt-get install -y -qq chromium >/dev/null; }
	@command -v npm >/dev/null || \
		{ echo 'installing npm'; $(AS_ROOT) apt-get update -qq && $(AS_ROOT) apt-get install -y -qq npm >/dev/null; }
	@rm -rf $(VENV)/npm && mkdir -p $(VENV)/npm && cp $^ $(VENV)/npm/
	@cd $(VENV)/npm && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@
