# Everything goes into .venv and .demo in this folder; all that must be there is Python 3.11 or newer.

SHELL = /bin/sh
PYTHON = .venv/bin/python
# The checks see what a deployment sees. The key is thrown away with the process.
CHECK_ENV = EQBOARD_SECRET_KEY="$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	EQBOARD_HTTPS=true EQBOARD_DEBUG=false EQBOARD_ALLOWED_HOSTS=eqboard.example

.PHONY: demo test check contract gate setup

demo:  ## a board with a pretend EQ server behind it: [PORT=8000] [DEMO_PASSWORD=…] make demo
	@.ci/setup run
	@exec $(PYTHON) manage.py demo

test: setup  ## every test, some at a time; in a browser too where there is one
	@$(PYTHON) -m tests.browser
	@exec $(PYTHON) -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

check: setup  ## form, types, rooms, templates, settings, migrations
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy eqboard manage.py
	.venv/bin/lint-imports
	find templates eqboard -path '*templates/*' -name '*.html' -exec .venv/bin/djade --check {} +
	@$(CHECK_ENV) $(PYTHON) -W error manage.py check --deploy --fail-level WARNING
	@$(CHECK_ENV) $(PYTHON) -W error manage.py makemigrations --check --dry-run

contract: setup  ## the pretend EQ server keeps to the API document, whatever is sent to it; 40 s on two cores
	@exec $(PYTHON) -m tests.contract

gate:  ## what the benchmark holds: ratios of one run and memory, no times; about a minute
	@.ci/setup gate
	@$(PYTHON) manage.py bench --gate

setup:
	@.ci/setup dev
