# Each target sets itself up. `make help` lists them, with what is printed when all is well.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
COMPOSE ?= docker compose
# Compiled modules and the lexicons made ready are kept: each of many processes starts in a second.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo run test test-unit test-page test-faults test-compose lint format bench up down docs train lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(READY): requirements/runtime.txt requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(READY)  ## the main job on thirty made-up requests; ends with a table and "demo: all expectations hold"
	$(BIN)/permanence demo

run: $(READY)  ## the whole system on this machine with made-up people, data in .permanence/; prints its addresses, Ctrl-C stops it
	$(BIN)/permanence run --with-example-people

test: $(READY)  ## all tests (installs RabbitMQ and Chromium from Debian if they are missing); ends with "N passed"
	tests/support/install-servers
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder

test-unit: $(READY)  ## the tests that need no server, in seconds; ends with "N passed"
	$(BIN)/python -m pytest tests/unit tests/contracts

FAULT_ROUNDS ?= 1
test-faults: $(READY)  ## every fault of the catalogue, FAULT_ROUNDS times each; ends with a table of what was lost and doubled
	tests/support/install-servers
	$(BIN)/python -m pytest -p tests.support.fault_table --fault-rounds=$(FAULT_ROUNDS)

test-compose: $(READY)  ## builds the image, runs every service of docker-compose.yml in its container; ends with "test-compose: ok"
	tests/support/install-servers --containers
	$(BIN)/python -m pytest tests/compose --run-compose
	@echo "test-compose: ok"

lint: $(READY)  ## style, types, layers; ends with "lint: ok"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@echo "lint: ok"

format: $(READY)  ## mends the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## measures beside the peers, writes benchmarks/results.json; ends with a table of ratios
	tests/support/install-servers
	$(BIN)/python -m benchmarks

up: $(READY)  ## the system with compose; makes the secrets on first use, prints the addresses
	$(BIN)/permanence secrets secrets/
	$(COMPOSE) up --build --detach --wait
	@echo "desk: http://localhost:8080  mail: http://localhost:8025  broker: http://localhost:15672"

down:  ## stops what `make up` started; data stays in its volumes
	$(COMPOSE) down

docs: $(READY)  ## writes docs/events.md and docs/asyncapi.yaml anew from the contracts
	$(BIN)/python -m services.host.event_catalogue docs

train: $(READY)  ## learns anew what requests resemble (resemblance.csv) from the labelled sets; prints how well each class is seen
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/train.txt
	$(BIN)/python -m tests.training.resemblance

lock:  ## writes the locked requirements anew from pyproject.toml (needs uv)
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/runtime.txt
	cd requirements && for name in build dev train; do uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $$name.in -o $$name.txt; done

clean:  ## removes what was installed and built; keeps .permanence/
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
