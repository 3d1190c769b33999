# Two commands do everything on a machine with Python 3.11 or newer and make:
#   make serve   install, fetch the model, build the first index, serve on 127.0.0.1:8000
#   make test    install what checks need (Chromium too, where it can be), run every check and test
# PYTHON names another interpreter; TORCH_INDEX names a wheel index for PyTorch (docs/operating.md, "Installing"); JOBS is
# the number of processes that run tests.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
TORCH_CPU := https://download.pytorch.org/whl/cpu
# Whether an address answers within three seconds, looking up its name included.
REACHED := import os, sys, threading, urllib.request as r; found = []; \
  asked = threading.Thread(target=lambda: found.append(r.urlopen(sys.argv[1])), daemon=True); \
  asked.start(); asked.join(3); os._exit(not found)
JOBS ?= 2

.PHONY: help house serve build test faults attack soak sbom check format screenshots benchmark figures lock hashes clean

help: ## Show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ \t/'

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "mscqa: installing into $(VENV) (once; a few minutes)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "mscqa needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@index="$(TORCH_INDEX)"; \
	if [ "$(origin TORCH_INDEX)" = undefined ] && [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null 2>&1; then \
	  if $(BIN)/python -c '$(REACHED)' $(TORCH_CPU)/torch/ 2>/dev/null; \
	  then index=$(TORCH_CPU); else echo "mscqa: $(TORCH_CPU) can't be reached; PyTorch comes from pip's own index"; fi; \
	fi; \
	echo "mscqa: PyTorch, for models that you name$${index:+ (from $$index)}"; \
	$(PIP) install --quiet --progress-bar off $${index:+--index-url $$index} --constraint constraints.txt torch
	@echo "mscqa: everything else"
	@$(PIP) install --quiet --progress-bar off --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(PIP) install --quiet --progress-bar off --constraint constraints.txt --editable '.[dev]'
	@touch $@

serve: $(VENV)/.installed ## Install, build the first index and serve on 127.0.0.1:8000
	@$(BIN)/mscqa serve

build: $(VENV)/.installed ## Rebuild the index after corpus edits
	@$(BIN)/mscqa build

test: check ## Run every check and test
	@sh tests/browser/install-chromium.sh
	@sh tests/faults/install-strace.sh
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --max-worker-restart 0 --durations 20

check: $(VENV)/.installed-dev ## Format, lint, types and import layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

house: $(VENV)/.installed-dev ## Print the figures of the house and draw its packages into docs/architecture.md
	$(BIN)/python -m tests.house.figures

faults: $(VENV)/.installed-dev ## Try every fault of the index: each call killed, each bit flipped (hours)
	@sh tests/faults/install-strace.sh
	MSCQA_FAULT_CASES=1000000 $(BIN)/python -m pytest -o faulthandler_timeout=0 tests/faults -s

attack: $(VENV)/.installed-dev ## Attack a server of this machine in many ways, 20 s each, and print what good clients felt
	MSCQA_ATTACK_SECONDS=20 $(BIN)/python -m pytest -o faulthandler_timeout=0 tests/attack -s
	MSCQA_ATTACK_CASES=10000 $(BIN)/python -m pytest -o faulthandler_timeout=0 tests/faults/test_import.py tests/attack/test_mutations.py -s
	MSCQA_TEST_EXAMPLES=600 $(BIN)/python -m pytest -o faulthandler_timeout=0 tests/api/test_contract.py tests/api/test_pages.py -s

soak: $(VENV)/.installed-dev ## Ask two workers for 30 minutes (SECONDS) while all is rebuilt, rolled back and killed
	$(BIN)/python -m tests.attack.soak $(or $(SECONDS),1800)

sbom: $(VENV)/.installed-dev ## Write the software bill of materials (CycloneDX) to sbom.json
	@$(BIN)/python -m tests.supply.sbom sbom.json
	@echo "mscqa: wrote sbom.json"

format: $(VENV)/.installed-dev ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

screenshots: $(VENV)/.installed-dev ## Take the README's pictures of the page
	$(BIN)/python -m tests.browser.screenshots

$(VENV)-peers/.installed: $(VENV)/.installed-dev
	@echo "mscqa: installing what this service is compared with into $(VENV)-peers (gigabytes)"
	@$(PYTHON) -m venv $(VENV)-peers
	@$(VENV)-peers/bin/python -m pip --disable-pip-version-check install --quiet --progress-bar off --editable '.[peers]'
	@touch $@

benchmark: $(VENV)-peers/.installed ## Compare speed, memory and quality with txtai, LangChain and LlamaIndex, in one run
	$(BIN)/python -m tests.benchmarks.service
	$(BIN)/python -m tests.benchmarks.compare --peers $(VENV)-peers/bin/python

figures: $(VENV)/.installed-dev ## Measure retrieval and refusals anew, and write the tables of docs/evaluation.md (SETS=folder: public sets too)
	$(BIN)/mscqa evaluate tests/gold/review.toml --split testing --write tests/gold/figures.json
	$(BIN)/mscqa evaluate tests/gold/review.toml --ablations --write docs/figures/ablations.json
	@for set in $(if $(SETS),$(SETS)/*/); do \
	  $(BIN)/mscqa evaluate "$$set" --write "docs/figures/open-sets/$$(basename "$$set").json" || exit 1; \
	done
	$(BIN)/python -m tests.gold.tables

lock: ## Write constraints.txt anew from what is installed, then the hashes of those versions (make hashes)
	$(PIP) freeze --exclude-editable | grep -viE '^(-e|pip|setuptools|wheel|nvidia|triton)' | sed 's/+cpu$$//' > constraints.txt
	$(MAKE) hashes

hashes: ## Write requirements-hashed.txt: all files of each version in constraints.txt that mscqa runs with, for those who check them
	@test -x $(VENV)-lock/bin/uv || { $(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/python -m pip --disable-pip-version-check install --quiet uv==0.13.9; }
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --constraint constraints.txt --output-file requirements-hashed.txt pyproject.toml

clean: ## Remove the virtual environment and tool caches (never data)
	rm -rf $(VENV) $(VENV)-peers $(VENV)-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
