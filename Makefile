# Everything from a fresh clone with git, make and Python 3.11 (venv). uv is used where it is there, and fetched
# into the clone where it is not; nothing is written outside the clone.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := .venv/bin/

.PHONY: setup demo test test-sqlite test-postgresql check benchmarks benchmarks-delivery takeover messages picture clean soak fuzz

setup: .venv/.ready

.venv/.ready: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --all-extras --quiet --python $(PYTHON)
	@touch $@

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv

demo: setup ## watch a wire run; ARGS=--once for scripts
	$(RUN)barqia demo $(ARGS)

test: test-postgresql test-sqlite ## all tests, those of the database on both databases

test-sqlite: setup ## what needs a browser skips, with a reason, where there is none
	$(RUN)pytest -n 2 $(ARGS)

test-postgresql: setup ## on a throwaway cluster; ends with a reason where no PostgreSQL is installed
	BARQIA_TEST_DATABASE=postgresql $(RUN)pytest -n 2 $(ARGS)

soak: setup ## 300 kills at random instants: SQLite, PostgreSQL, several machines over NATS; KILLS=, SEED=, ARGS="-k several"
	BARQIA_SOAK_KILLS=$(or $(KILLS),300) BARQIA_SOAK_SEED=$(or $(SEED),20261125) $(RUN)pytest -s tests/flow/test_kill_nine.py $(ARGS)
	BARQIA_TEST_DATABASE=postgresql BARQIA_SOAK_KILLS=$(or $(KILLS),300) BARQIA_SOAK_SEED=$(or $(SEED),20261125) $(RUN)pytest -s tests/flow/test_kill_nine.py $(ARGS)

fuzz: setup ## N= mutated inbound webhooks and words (100000), SEED=; ends with the first that does what none may
	BARQIA_FUZZ_RUNS=$(or $(N),100000) BARQIA_FUZZ_SEED=$(or $(SEED),20261125) $(RUN)pytest -s tests/inbox/test_fuzz.py $(ARGS)

check: setup ## lint, format, types, the import contract
	$(RUN)ruff check
	$(RUN)ruff format --check
	$(RUN)mypy
	$(RUN)lint-imports

benchmarks: setup ## ratios, measured side by side
	$(RUN)python benchmarks/planning.py
	$(RUN)python benchmarks/board.py
	$(RUN)python benchmarks/forecast.py
	$(RUN)python benchmarks/database.py
	$(RUN)python benchmarks/transport.py
	$(RUN)python benchmarks/gates.py
	$(UV) run --frozen --isolated --no-dev --group judges --quiet --python $(PYTHON) python benchmarks/reading.py

takeover: setup ## how long a lane is silent when its worker ends
	PYTHONPATH=tests $(RUN)python benchmarks/takeover.py

benchmarks-delivery: setup ## delivery's figures, beside the rivals' (three quarters of an hour; wants nginx, redis-server, postgresql)
	$(UV) run --frozen --isolated --all-extras --group rivals --quiet --python $(PYTHON) python benchmarks/delivery.py $(ARGS) > docs/figures-delivery.new
	mv docs/figures-delivery.new docs/figures-delivery.md

messages: setup ## the Arabic catalogue, after words on a screen changed (needs gettext); then translate and run it again
	cd src/barqia && BARQIA_DATA=. ../../$(RUN)python -m django makemessages -l ar --no-location --no-wrap --no-obsolete --settings barqia.project.settings
	sed -i '/^"POT-Creation-Date/d' src/barqia/locale/ar/LC_MESSAGES/django.po
	cd src/barqia && BARQIA_DATA=. ../../$(RUN)python -m django compilemessages -l ar --settings barqia.project.settings

picture: setup ## the README's picture (needs Chromium)
	$(RUN)python docs/picture.py

clean:
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
