# `make` alone lists the targets. Extra options go into ARGS, for example: make run ARGS="--port 6005"
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
# A file of tests stays in one process: its tests share servers. ARGS="-n 0" runs all in one.
PYTEST := $(PYTHON) -m pytest -n 3 --dist loadfile
ARGS :=

.PHONY: help setup run train test check bench chat clean

help: ## Lists the targets with a sentence each.
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Installs Python 3.10 and every dependency into .venv; does nothing when that is done.
	@scripts/setup.sh

run: setup ## Trains if something changed, starts everything and prints the addresses; Ctrl-C ends it.
	@$(PYTHON) -m scripts.run $(ARGS)

train: setup ## Trains the assistant if something changed.
	@$(PYTHON) -m scripts.run --train-only $(ARGS)

test: setup ## Runs every test.
	@$(PYTEST) $(ARGS)

check: setup ## Checks format, lint, types, content and training data, then runs every test.
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -m mypy scripts bench
	@RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 $(PYTHON) -m rasa data validate
	.venv/bin/persona-router check
	@$(PYTEST) $(ARGS)

bench: setup ## Compares speed, memory, training and language identification with those of others.
	@scripts/setup.sh bench
	@$(PYTHON) -m bench.language
	@$(PYTHON) -m bench.turns $(ARGS)

chat: ## Builds the chat page's bundle anew from webchat/ (needs Node.js and npm).
	@cd webchat && npm ci --no-audit --no-fund && npm run build

clean: ## Removes models, caches and builds; keeps .venv and the state folder .persona-router.
	@rm -rf models .rasa dist bench/results .mypy_cache .ruff_cache .pytest_cache .hypothesis setup.log
	@rm -rf webchat/node_modules
	@find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
