# What a newcomer types: `make run`, `make test`. What a contributor adds: `make check`, `make contract`, `make bench`.

PYTHON ?= python3
BIN := .venv/bin
# Both pages are built at once, this one last.
PAGES := web/dist/page/index.html
PAGE_SOURCES := $(wildcard web/*.json web/.npmrc web/*.ts web/*.mjs web/graphiql/* web/page/* web/page/*/*) web/build.sh schema.graphql

# Three parts of the suite at once (they often wait), each with servers of its own; empty: one after the other.
SIDE_BY_SIDE ?= --numprocesses 3 --dist loadscope

.PHONY: run test check bench contract clean
.DELETE_ON_ERROR:

run: .venv/run $(PAGES)
	@$(BIN)/erp-link migrate
	@$(BIN)/erp-link seed
	@exec $(BIN)/erp-link serve

test: .venv/dev $(PAGES)
	@$(BIN)/python -m tests.servers.install
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ARGS)

check: .venv/dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m schema | diff -u schema.graphql - || (echo "schema.graphql is out of date: make contract" && false)
	@web/build.sh check

bench: .venv/dev
	@$(BIN)/python -m bench $(ARGS)

contract: .venv/dev
	@$(BIN)/python -m schema > schema.graphql

clean:
	rm -rf .venv .cache web/dist web/node_modules tests/clients/generated tests/clients/node_modules

# The environment, from hashed locks; made again when a lock changes.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		(echo "ERP Link needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" && false)
	@$(PYTHON) -m venv .venv

.venv/run: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the service needs ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: requirements-dev.txt .venv/run | .venv/bin/python
	@echo "Installing what the tests and checks need ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# Without them small pages of our own stand in, so a failure here is told and survived.
$(PAGES): $(PAGE_SOURCES) | .venv/bin/python
	@echo "Building the pages ..."
	@web/build.sh || echo "The pages could not be built: / and /graphiql will be small pages of our own."
