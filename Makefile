# The commands of the project. Everything they need comes from PyPI into .venv; nothing needs root.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INVENTORY ?= inventories/minimal

BED ?= /tmp/vitessctl-testbed

.PHONY: testbed testbed-down up down status test lint types unit lowest bench clean help

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

up: $(VENV)/.rehearsal ## Bring up a rehearsal of inventories/minimal
	$(BIN)/vitessctl up -i $(INVENTORY) --rehearse

status: $(VENV)/.rehearsal ## Show it
	$(BIN)/vitessctl status -i $(INVENTORY) --rehearse

down: $(VENV)/.rehearsal ## Stop it, keeping its data
	$(BIN)/vitessctl down -i $(INVENTORY) --rehearse

test: $(VENV)/.dev ## Every test layer that this machine can run
	tools/test.sh

testbed: $(VENV)/.dev ## A real Kubernetes of one node on this machine (as root; built once, 7 minutes); prints its KUBECONFIG
	@$(BIN)/python -m tests.testbed --folder $(BED) up

testbed-down: $(VENV)/.dev ## Stop it; nothing of it stays
	@$(BIN)/python -m tests.testbed --folder $(BED) down

lint: $(VENV)/.dev ## Style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## Types, strictly
	$(BIN)/mypy

lowest: ## Unit tests with the oldest dependencies that pyproject.toml allows
	tools/lowest.sh

bench: $(VENV)/.dev ## The benchmarks of benchmarks/; those of Kubernetes need Go or its PyPI package, up_kubernetes root
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.render
	$(BIN)/python -m benchmarks.rehearsal
	$(BIN)/python -m benchmarks.compare
	$(BIN)/python -m benchmarks.plan_kubernetes
	$(BIN)/python -m benchmarks.up_kubernetes

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.rehearsal: $(VENV)/bin/pip pyproject.toml tools/constraints.txt tools/install.sh
	tools/install.sh $(VENV) rehearsal
	@touch $@

$(VENV)/.dev: $(VENV)/.rehearsal
	tools/install.sh $(VENV) rehearsal,dev
	@touch $@

clean: ## Remove what make built
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache
