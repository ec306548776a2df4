# Everything starts here; `make help` tells what there is. Paths are relative, so that any folder name will do.
.DEFAULT_GOAL := help
.PHONY: help setup up kafka demo test test-all test-kafka check bench docs format clean
MAKEFLAGS += --no-builtin-rules --no-print-directory

# The first Python on PATH that is new enough; `make PYTHON=/path/to/python3.12` chooses another.
PYTHONS = $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11 python)
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
TESTS = libs services deploy/tests tests
PYTEST = .venv/bin/python -m pytest

help:  ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup:  ## Install everything into .venv (the other targets do this by themselves)
	@for python in $(PYTHONS); do \
		if "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null; then exec "$$python" deploy/bootstrap.py; fi; \
	done; \
	echo "Python 3.11 or newer is needed and not on PATH; install it or run make PYTHON=/path/to/python3" >&2; exit 1

up: setup  ## Run the whole product in the foreground (BUS=host:port,… and DATABASE_URL=… use outside servers)
	@exec .venv/bin/python -m aftercare up --with-parent

kafka: setup  ## Run three nodes of Apache Kafka in the foreground (needs Java 17 and Maven)
	@exec .venv/bin/python -m aftercare kafka --with-parent

demo: setup  ## Play a story from the service plan against the running copy and print its timeline
	@exec .venv/bin/python -m aftercare demo

test: setup  ## Run the tests on the embedded servers (about 5 minutes on 2 processors; check has those of the code)
	@exec $(PYTEST) -n 3 --dist worksteal -m "not slow and not kafka" $(TESTS) --ignore tests/architecture

test-all: setup  ## Run every test there is, also the crash tests, the fuzz and those on Apache Kafka
	@.venv/bin/python -m aftercare kafka --fetch-only
	@exec $(PYTEST) $(TESTS)

test-kafka: setup  ## Run the bus, a story and the crashes on three nodes of Apache Kafka (needs Java 17 and Maven)
	@.venv/bin/python -m aftercare kafka --fetch-only
	@exec $(PYTEST) -m kafka $(TESTS)

check: setup  ## Run what CI checks: lint, format, types, rooms, architecture, generated documents
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m mypy -p common -p ticketing -p sla -p warranty -p aftercare -p docs.generate \
		-p tests.architecture -p tests.bench -p tests.e2e -p tests.stories
	.venv/bin/lint-imports
	$(PYTEST) tests/architecture

bench: setup  ## Measure against the bare limits of this machine and print the table of ratios
	@exec .venv/bin/python -m tests.bench

docs: setup  ## Bring the documents that are derived from the code up to date
	@exec .venv/bin/python -m docs.generate

format: setup  ## Format the code and fix what can be fixed by machine
	.venv/bin/python -m ruff check --fix .
	.venv/bin/python -m ruff format .

clean:  ## Remove what was installed, generated and stored (also the data of the embedded servers)
	rm -rf .venv .tools .aftercare .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache deploy/kafka/target
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
