# fedpivot: every task a person or a machine runs. Bare `make` prints this list.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: help run demo test check format lint types layers docs lock clean \
	bench-latency test-redis

help: ## print this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Two environments in one folder: the bot's own packages, and on top of them the test tools.
$(VENV)/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "fedpivot needs Python 3.11 or newer; found $$($(PYTHON) --version). Name another one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "this Python has no venv; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

run: $(VENV)/.run ## start the bot (without a token: in this terminal)
	$(BIN)/fedpivot run $(ARGS)

demo: $(VENV)/.run ## replay October to December 2025 through the whole path, in about a minute
	$(BIN)/fedpivot demo $(ARGS)

test: $(VENV)/.test ## run all tests
	$(BIN)/python -m pytest $(ARGS)

test-redis: $(VENV)/.test ## run all tests on an own redis-server from PATH instead of the bundled Valkey
	FEDPIVOT_TEST_SERVER=redis-server $(BIN)/python -m pytest $(ARGS)

check: lint types layers docs test ## everything that must be green before a commit

format: $(VENV)/.test ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.test ## formatting and lint, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.test ## strict types, tests too
	$(BIN)/mypy

layers: $(VENV)/.test ## the law of imports: bot > watchers > rules
	$(BIN)/lint-imports --no-cache

docs: $(VENV)/.test ## every rule, watcher, command and setting is documented
	$(BIN)/python -m pytest -q tests/test_docs.py tests/test_layout.py

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --extra charts --no-annotate --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --all-extras -c requirements.lock --no-annotate --no-header -q -o requirements-test.lock

bench-latency: $(VENV)/.test ## from new bytes at the source to sendMessage at the Bot API, beside a plain stack
	$(BIN)/python -m bench.latency $(ARGS)

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
