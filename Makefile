# Everything a newcomer needs: `make demo` to see it, `make test` to trust it, `make help` for the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AIRFLOW := .venv-airflow
PORT ?= 8000
AIRFLOW_PORT ?= 8090
PROJECT ?= .mainstem/demo
IMAGE ?= localhost/mainstem:$(shell git rev-parse --short HEAD 2>/dev/null || echo latest)
BASE ?= docker.io/library/python:3.11-slim-bookworm
IMAGE_OPTIONS ?=
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.PHONY: help demo demo-once airflow test test-fast test-all test-airflow test-cluster check format bench docs image lock clean

help: ## Show what make can do.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.demo ## Run a simulated company through the whole stack and serve its dashboards (PORT=8000).
	@$(BIN)/mainstem demo --port $(PORT)

demo-once: $(VENV)/.demo ## The same, but print a summary and exit: 0 when every number agrees.
	@$(BIN)/mainstem demo --once

airflow: $(VENV)/.demo $(AIRFLOW)/.made ## Run the demo's tasks on real Airflow (AIRFLOW_PORT=8090); Ctrl-C ends it.
	@[ -f $(PROJECT)/mainstem.toml ] || $(BIN)/mainstem demo --once --dir $(PROJECT)
	@mkdir -p .mainstem/airflow
	@$(BIN)/mainstem plan --json --project $(PROJECT) > .mainstem/airflow/manifest.json
	@# What tasks need is up beside it, unless it is already; the embedded runner is not: Airflow runs the DAGs.
	@MAINSTEM_RUNNER_ENABLED=false $(BIN)/mainstem up --project $(PROJECT) --port 0 --gateway-port 0 \
		> .mainstem/airflow/up.log 2>&1 & up=$$!; \
	trap 'kill -TERM $$up 2>/dev/null; wait $$up || true' EXIT; trap : INT; \
	$(AIRFLOW)/bin/mainstem-airflow standalone .mainstem/airflow/manifest.json --home .mainstem/airflow \
		--project $(PROJECT) --bin $(BIN) --port $(AIRFLOW_PORT)

test-fast: $(VENV)/.dev ## Run the tests that need no browser, no service and no whole dbt build, in at most 3 minutes.
	@MAINSTEM_TEST_SHARE=0.1 $(BIN)/python -m pytest -q -n 2 --dist loadfile --ignore tests/contract \
		-m 'not journey and not slow and not long'

test: $(VENV)/.dev $(VENV)/.browser $(AIRFLOW)/.made ## Run the tests, with the journeys through a real browser.
	@MAINSTEM_TEST_SHARE=0.4 MAINSTEM_NPM=$(CURDIR)/$(VENV)/npm/node_modules $(BIN)/python -m pytest -q -n 2 \
		--dist loadfile --no-loadscope-reorder -m 'not slow'

test-airflow: $(VENV)/.dev $(AIRFLOW)/.made ## Run the tests of the provider for Airflow, in Airflow's environment.
	@cd packages/mainstem-airflow && $(CURDIR)/$(BIN)/mypy --strict --follow-imports silent \
		--python-executable $(CURDIR)/$(AIRFLOW)/bin/python src
	@cd packages/mainstem-airflow && $(CURDIR)/$(AIRFLOW)/bin/python -m pytest -q

test-cluster: $(AIRFLOW)/.made ## Run the provider's pods on a real Kubernetes, by kind or k3d; skips without one.
	@packages/mainstem-airflow/test-cluster.sh $(CURDIR)/$(AIRFLOW)/bin/python

test-all: test-airflow $(VENV)/.dev $(VENV)/.browser ## Run every test there is, the long ones too.
	@MAINSTEM_NPM=$(CURDIR)/$(VENV)/npm/node_modules $(BIN)/python -m pytest -q

check: $(VENV)/.dev ## Check format, lint, types and the import contracts.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code and mend what lint can mend.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

image: ## Build the image that tasks and services run in, with Podman (IMAGE=…, BASE=…).
	@command -v podman >/dev/null || { echo 'make image: nothing was built: there is no Podman here (apt-get install podman buildah)' >&2; exit 1; }
	@podman image exists $(BASE) || podman pull --quiet $(BASE) >/dev/null || \
		{ echo 'make image: nothing was built: the base $(BASE) is not here and cannot be fetched; name one with BASE=…' >&2; exit 1; }
	@podman build --quiet --network host --build-arg BASE=$(BASE) $(IMAGE_OPTIONS) \
		--file deploy/image/Containerfile --tag $(IMAGE) . >/dev/null
	@echo 'built $(IMAGE)'

bench: $(VENV)/.dev ## Measure, and print one table of ratios against named limits.
	@$(BIN)/python -m benchmarks --write

docs: $(VENV)/.dev ## Write the references that are made from the code.
	@COLUMNS=80 $(BIN)/python docs/generate.py

lock: $(VENV)/.uv ## Resolve the dependencies anew and pin them by hash.
	@$(COMPILE) --upgrade requirements/uv.in -o requirements/uv.txt
	@$(COMPILE) --upgrade pyproject.toml --extra demo --group build -o requirements/demo.txt
	@$(COMPILE) --upgrade pyproject.toml --extra demo --group build --group dev -c requirements/demo.txt -o requirements/dev.txt
	@$(COMPILE) --upgrade requirements/airflow.in -o requirements/airflow.txt

clean: ## Remove the environment and what the demo keeps.
	@# Root's embedded Postgres may live elsewhere; it goes with the project whose file names it.
	@for place in .mainstem/*/data/postgres.place; do [ ! -f "$$place" ] || rm -rf -- "$$(cat "$$place")"; done
	@rm -rf $(VENV) $(AIRFLOW) .mainstem build dist

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

# Airflow's pins and dbt's do not go together: an environment of its own.
$(AIRFLOW)/.made: $(VENV)/.uv requirements/airflow.txt packages/mainstem-airflow/pyproject.toml
	@echo 'installing Airflow into $(AIRFLOW)'
	@[ -x $(AIRFLOW)/bin/python ] || $(BIN)/uv venv --quiet --python $(BIN)/python $(AIRFLOW)
	@VIRTUAL_ENV=$(CURDIR)/$(AIRFLOW) $(BIN)/uv pip install --quiet --require-hashes -r requirements/airflow.txt
	@VIRTUAL_ENV=$(CURDIR)/$(AIRFLOW) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable packages/mainstem-airflow
	@touch $@

$(VENV)/.browser: tests/npm/package.json tests/npm/package-lock.json
	@command -v chromium >/dev/null || \
		{ echo 'installing Chromium'; $(AS_ROOT) apt-get update -qq && $(AS_ROOT) apt-get install -y -qq chromium >/dev/null; }
	@command -v npm >/dev/null || \
		{ echo 'installing npm'; $(AS_ROOT) apt-get update -qq && $(AS_ROOT) apt-get install -y -qq npm >/dev/null; }
	@rm -rf $(VENV)/npm && mkdir -p $(VENV)/npm && cp $^ $(VENV)/npm/
	@cd $(VENV)/npm && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@
