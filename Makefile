# Everything from a fresh clone with git, make and Python 3.11 (venv). uv is used where it is there, and fetched
# into the clone where it is not; nothing is written outside the clone.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := .venv/bin/

.PHONY: setup demo test check benchmarks benchmarks-delivery messages picture clean

setup: .venv/.ready

.venv/.ready: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --all-extras --quiet --python $(PYTHON)
	@touch $@

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv

demo: setup ## watch a wire run; ARGS=--once for scripts
	$(RUN)barqia demo $(ARGS)

test: setup ## all tests; what needs a browser skips, with a reason, where there is none
	$(RUN)pytest -n 2 $(ARGS)

check: setup ## lint, format, types, the import contract
	$(RUN)ruff check
	$(RUN)ruff format --check
	$(RUN)mypy
	$(RUN)lint-imports

benchmarks: setup ## ratios, measured side by side
	$(RUN)python benchmarks/planning.py
	$(RUN)python benchmarks/reading.py
	$(RUN)python benchmarks/transport.py

benchmarks-delivery: setup ## delivery's figures, beside the rivals' (half an hour; wants nginx, redis-server, postgresql)
	$(UV) sync --frozen --all-extras --group rivals --quiet --python $(PYTHON)
	$(RUN)python benchmarks/delivery.py $(ARGS) > docs/figures-delivery.new && mv docs/figures-delivery.new docs/figures-delivery.md

messages: setup ## the Arabic catalogue, after words on a screen changed (needs gettext); then translate and run it again
	cd src/barqia && BARQIA_DATA=. ../../$(RUN)python -m django makemessages -l ar --no-location --no-wrap --no-obsolete --settings barqia.project.settings
	cd src/barqia && BARQIA_DATA=. ../../$(RUN)python -m django compilemessages -l ar --settings barqia.project.settings

picture: setup ## the README's picture (needs Chromium)
	$(RUN)python docs/picture.py

clean:
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
