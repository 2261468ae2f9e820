# `make` alone prints what there is.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types bench train lock format nlu-setup test-setup i18n
BIN := .venv/bin

help: ## Print this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  \1\t/' | expand -t 16

setup: ## Install the product's environment into .venv
	@deploy/setup.sh product

test-setup:
	@deploy/setup.sh test

nlu-setup: ## Install Rasa's own environment (Python 3.10, about 2.5 GB)
	@deploy/setup.sh rasa

demo: setup ## Open the assistant as a chat in the browser (ARGS=--no-browser only serves)
	@$(BIN)/jigi demo $(ARGS)

lint: test-setup ## Ruff, import contracts, spelling, YAML
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/codespell
	@$(BIN)/yamllint -c deploy/yamllint.yml .

types: test-setup ## mypy, strict
	@$(BIN)/mypy

format: test-setup ## Put the code into the house's form
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

test: test-setup nlu-setup lint types ## Everything that is checked
	@$(BIN)/jigi flows check
	@$(BIN)/jigi i18n check
	@$(BIN)/jigi content check
	@# One file stays on one processor: its browser, its servers and its databases are started once.
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

bench: test-setup nlu-setup ## Speed and memory, as ratios against a baseline of the same run
	@$(BIN)/python -m benchmarks $(ARGS)

train: test-setup nlu-setup ## Train with Rasa and write the committed archive
	@$(BIN)/jigi nlu train

i18n: test-setup ## Take new French texts into the catalogues
	@$(BIN)/jigi i18n update

lock: ## Resolve requirements/*.in into hash-pinned locks
	@deploy/lock.sh
