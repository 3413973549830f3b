# Everything a newcomer needs: `make demo` to see it, `make test` for the whole gate.

SHELL := /bin/bash
.DEFAULT_GOAL := help
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The tests start the server a hundred times: let it keep what it compiled.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install -qq --constraint deploy/constraints.txt
INPUTS := pyproject.toml deploy/constraints.txt app/__init__.py
CANDIDATES := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11
PYTEST_ARGS ?= -q -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 2
BENCH_ARGS ?=

.PHONY: help setup demo dev test bench bench-eta format docs words clean

help:  ## Show these lines
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(VENV)/.ready-to-test  ## Make .venv with everything that running and testing need

demo: $(VENV)/.ready  ## See it work: a city with drivers that drive
	@$(BIN)/ontheway demo

dev: $(VENV)/.ready  ## Serve, and start again at every change; asyncio in debug mode
	@PYTHONASYNCIODEBUG=1 $(BIN)/watchfiles '$(BIN)/ontheway serve' app static

test: $(VENV)/.ready-to-test  ## The whole gate: format, lint, types, floors, tests
	@tests/prepare.sh
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	@$(MAKE) --no-print-directory --jobs 2 types suite

# Tests wait now and then: types are looked at meanwhile, and take nothing from what is timed.
.PHONY: types suite
types: $(VENV)/.ready-to-test
	nice -n 19 $(BIN)/mypy --strict

suite: $(VENV)/.ready-to-test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

bench: $(VENV)/.ready-to-test  ## Measure what it costs, beside peers (docs/performance.md)
	@$(BIN)/python -m tests.bench $(BENCH_ARGS)

bench-eta: $(VENV)/.ready-to-test  ## Measure how well arrivals are foretold (TRACES=FOLDER of GPX files)
	@$(BIN)/python -m tests.bench_eta $(if $(TRACES),"$(TRACES)")

format: $(VENV)/.ready-to-test  ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.ready-to-test  ## Write the generated pages anew
	$(BIN)/python -m tests.generate_docs

words: $(VENV)/.ready-to-test  ## Bring the catalogues up to date with the sentences
	@set -e; page=app/ui/track; pot=$$(mktemp); \
	$(BIN)/pybabel -q extract -k _ -k _n:1,2 --no-default-keywords --no-location --omit-header \
	    -o $$pot $$page/words.py; \
	$(BIN)/pybabel -q update -D track -i $$pot -d $$page/locale --no-fuzzy-matching \
	    --ignore-obsolete --ignore-pot-creation-date --width 100; \
	rm $$pot

clean:  ## Remove the environment and all caches; data/ stays
	rm -rf $(VENV) .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf build dist
	find app tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment follows its inputs: a stamp older than one of them brings it up to date.
$(VENV)/.ready: $(INPUTS)
	@set -e; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    python=; \
	    for candidate in $(CANDIDATES); do \
	        if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	        then python=$$candidate; break; fi; \
	    done; \
	    if [ -z "$$python" ]; then \
	        echo 'Ontheway needs Python 3.11 or newer, and found none.' \
	            'Install one, or name it: make PYTHON=/path/to/python3 ...' >&2; exit 1; fi; \
	    if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	        echo "$$python cannot make a virtual environment." \
	            'On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; fi; \
	    echo "Making $(VENV) with $$($$python --version) ..."; \
	    $$python -m venv --clear $(VENV); \
	fi; \
	echo 'Installing what Ontheway needs (the first time takes about a minute) ...'; \
	$(PIP_INSTALL) hatchling; \
	$(PIP_INSTALL) --no-build-isolation --editable .; \
	touch $@

$(VENV)/.ready-to-test: $(VENV)/.ready
	@echo 'Installing what the tests need ...'
	@$(PIP_INSTALL) --no-build-isolation --editable '.[test]'
	@touch $@
