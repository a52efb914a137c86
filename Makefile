# The two commands to begin with: `make demo` and `make test`. The rest is for changing things.

PORT ?= 8000
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
BIN := .venv/bin

.PHONY: help demo test check quality bench bench-full load chaos chaos-copies format translations screenshots lock golden clean

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

demo: .venv/runtime ## crawl the bundled press room and imdi.no, and serve the site (PORT=8000)
	@$(BIN)/imdifeed demo --port $(PORT)

test: .venv/dev ## run every test
	$(BIN)/pytest -q

check: .venv/dev ## lint, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

quality: .venv/dev ## measure search, tags and language on the judged set
	@PYTHONPATH=tests $(BIN)/python -m quality.measure

bench: .venv/dev ## measure the paths that matter against what the machine can do, in a few minutes
	@PYTHONPATH=tests $(BIN)/python -m bench

bench-full: .venv/dev ## the same with archives of every size, in hours
	@PYTHONPATH=tests $(BIN)/python -m bench --full

chaos: .venv/dev ## kill senders of 2,000 digests at random, before a mail server that does its worst
	@PYTHONPATH=tests $(BIN)/python -m chaos

chaos-copies: .venv/dev ## kill crawlers, senders and sites of several machines, and the PostgreSQL they share
	@PYTHONPATH=tests $(BIN)/python -m chaos.copies

load: .venv/dev ## ten minutes of readers, crawls, digests and backups at once
	@PYTHONPATH=tests $(BIN)/python -P -m load

format: .venv/dev ## put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

translations: .venv/dev ## collect the texts that are to be translated
	@PYTHONPATH=tests $(BIN)/python -m translating

screenshots: .venv/dev ## take pictures of the pages, into build/screenshots
	@PYTHONPATH=tests $(BIN)/python -m screenshots

golden: .venv/dev ## write golden files anew, then read their diff
	-$(BIN)/pytest -q --update-golden
	git diff --stat

lock: .venv/dev ## pin the newest allowed versions
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links \
		--extra build --extra postgres pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links \
		--constraint requirements.lock --extra build --extra postgres --extra dev pyproject.toml \
		-o requirements-dev.lock

clean: ## remove what can be made again
	rm -rf .venv demo build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "imdifeed needs Python 3.11 or later: none was found" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

# what pip says is kept, and shown when it fails
PIP := $(BIN)/pip --quiet --disable-pip-version-check install

.venv/runtime: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing imdifeed and its libraries into .venv …"
	@( $(PIP) --require-hashes -r requirements.lock && \
		$(PIP) --no-deps --no-build-isolation -e . ) >.venv/pip.log 2>&1 \
		|| { cat .venv/pip.log >&2; exit 1; }
	@# pip compiles what it installs, but not what it installs editable
	@$(BIN)/python -m compileall -q crawler db feed imdifeed web
	@touch $@

.venv/dev: requirements-dev.lock .venv/runtime
	@echo "Installing what the tests need …"
	@$(PIP) --require-hashes -r requirements-dev.lock >.venv/pip.log 2>&1 \
		|| { cat .venv/pip.log >&2; exit 1; }
	@touch $@
