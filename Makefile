# Every command of the project; `make help` lists them.

SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export PYTHONPATH := $(CURDIR):$(CURDIR)/site

.DEFAULT_GOAL := help
.PHONY: help run test smoke bench faults lint format snapshot requirements clean local-packages test-packages

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: local-packages ## The whole site on this machine until ctrl-C; PORT=8100 moves it
	@PORT=$(PORT) exec $(BIN)/python -m sandbox.stack.run

test: test-packages ## The whole suite; ARGS="tests/billing -k trial" runs a part of it
	@$(BIN)/python -m pytest $(or $(ARGS),-n auto --no-loadscope-reorder --cov --cov-report=term --cov-fail-under=90)

smoke: local-packages ## Start an empty site, walk a customer's path, time it, stop it; BARE=1 from a fresh clone
	@$(BIN)/python -m sandbox.stack.smoke

bench: test-packages ## The benchmarks beside their peers; writes build/bench.json
	@$(BIN)/python -m benchmarks

faults: test-packages ## The long form of the fault tests: killed, reordered, repeated
	@FAULTS=long $(BIN)/python -m pytest tests/faults tests/billing/credits/test_model.py $(ARGS)

lint: test-packages ## All that can be said about the code without running it
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/mypy
	@$(BIN)/python -m sandbox.postgres.check_migrations
	@$(BIN)/python -m sandbox.stack.deployment check --deploy --fail-level WARNING

format: test-packages ## Lay out the code as lint wants it
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

snapshot: test-packages ## Renew the pre-migrated schema after a new migration
	@$(BIN)/python -m sandbox.postgres.make_snapshots

requirements: test-packages ## Pin requirements/*.in anew, with hashes; UPGRADE=1 takes newer versions
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@for name in base local test; do \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --python-version 3.11 --custom-compile-command "make requirements" $(if $(UPGRADE),--upgrade) \
	    requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

clean: ## Remove what commands made: caches, build, the local site with its data
	@test ! -e .local/postgres/data/postmaster.pid || { echo "The site of this folder still runs. Stop it first."; exit 1; }
	rm -rf .local build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -not -path "./.venv/*" -prune -exec rm -rf {} +

local-packages:
	@$(PYTHON) sandbox/stack/bootstrap.py local

test-packages:
	@$(PYTHON) sandbox/stack/bootstrap.py test
