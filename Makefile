# Only paths relative to this folder: make cannot handle spaces in names, and the folder's own name may hold some.

PYTHON ?= python3
DEMO_CASE ?= examples/battery-recycling.yaml
DEMO_REPORT ?= build/demo-report.html
AUDITED := reconnect-china@1.0.0 reconnect-china@2.0.0
# One process more than CI has cores: many tests wait for a browser, a server or another process.
PYTEST_ARGS ?= -n 3 --dist worksteal
# Long tests wait for nearly half of their time.
LONG_ARGS := $(if $(filter file,$(origin PYTEST_ARGS)),-n 4 --dist worksteal,$(PYTEST_ARGS))

# Python 3.11 reads the path of an editable install in the encoding of the locale, and plain C has no umlauts.
ifneq ($(filter C POSIX,$(LC_ALL)),)
export LC_ALL := C.UTF-8
endif

# Images for containers switch it off: then each of hundreds of processes compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# What is imported is compiled then: to compile all that is there takes a third of the time that setting up takes.
INSTALL := $(PIP) install --quiet --no-compile

# What is installed is the same as long as its locks say the same, whenever a checkout wrote them anew.
PROJECT := sed '/^\[tool\.ruff\]/,$$d' pyproject.toml
INSTALLED := .venv/installed-$(shell { $(PROJECT); cat requirements/base.txt requirements/build.txt; } | cksum | tr ' ' -)
INSTALLED_DEV := $(INSTALLED)-dev-$(shell cksum <requirements/dev.txt | tr ' ' -)
INSTALLED_LOAD := $(INSTALLED_DEV)-load-$(shell cksum <requirements/load.txt | tr ' ' -)
INSTALLED_SPARK := $(INSTALLED_DEV)-spark-$(shell cksum <requirements/spark.txt | tr ' ' -)
INSTALLED_RELEASE := $(INSTALLED)-release-$(shell cksum <requirements/release.txt | tr ' ' -)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:
.PHONY: help demo serve quick test test-long setup setup-dev system-packages pictures format-check lint layers types changed pytest pytest-long pytest-nightly laws criteria mutants nightly mutants-python wheel format docs messages site release bench scale load lock clean

help: ## print the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r target text; do \
		printf '%-20s %s\n' "$$target" "$$text"; done

serve: setup-dev ## the office in a browser with demo data, in build/office
	@mkdir -p build
	@$(BIN)/risk-engine serve --office build/office --demo

demo: setup ## set up, assess the example and write its report
	@$(BIN)/risk-engine assess "$(DEMO_CASE)"
	@mkdir -p "$$(dirname "$(DEMO_REPORT)")"
	@$(BIN)/risk-engine assess "$(DEMO_CASE)" --format html -o "$(DEMO_REPORT)"
	@printf '\nThe same decision as a report to read in a browser: %s\n' "$(DEMO_REPORT)"
	@printf 'For a case of your own: . $(BIN)/activate, then risk-engine case new my-case.yaml\n'

# Gates that keep one processor busy run beside those that are named second.
define beside
$(MAKE) --no-print-directory $(1) & gates=$$!; trap 'kill $$gates 2>/dev/null' INT TERM; \
	status=0; $(MAKE) --no-print-directory $(2) || status=$$?; wait $$gates || status=$$?; exit $$status
endef

# Three sizes: while one works, before one hands over, and the rest of what CI runs. Which test is in which says its mark `long`.
quick: format-check lint layers types changed ## in a minute: the checks of style and types, the tests of the rooms that changed against main

test: format-check lint system-packages ## set up and run everything that catches what is broken
	@$(call beside,layers types,pytest)
	@printf '\n== all gates passed; make test-long runs what takes longer\n'

test-long: setup-dev system-packages ## run the rest of what CI runs
	@$(call beside,criteria mutants wheel,pytest-long)
	@printf '\n== all long gates passed\n'

# --- the gates ---

format-check: setup-dev ## gate: formatting
	@printf '\n== format: ruff format --check\n'
	@$(BIN)/ruff format --check .

lint: setup-dev ## gate: ruff
	@printf '\n== lint: ruff check\n'
	@$(BIN)/ruff check .

layers: setup-dev ## gate: imports point down only
	@printf '\n== layers: lint-imports\n'
	@$(BIN)/lint-imports

types: setup-dev ## gate: mypy
	@printf '\n== types: mypy\n'
	@$(BIN)/mypy

changed: setup-dev system-packages
	@printf '\n== tests of the rooms that changed against main\n'
	@set -e; chosen=$$($(BIN)/python scripts/changed_tests.py main); \
		if [ -z "$$chosen" ]; then echo "no room changed"; else $(BIN)/python -m pytest $(PYTEST_ARGS) $$chosen; fi

# What a few of the tests run of the package says nothing.
COVERAGE = $(if $(filter file,$(origin PYTEST_ARGS)),-p scripts.coverage)
pytest: setup-dev system-packages ## gate: tests, and what none of them runs (PYTEST_ARGS="-k name" for a few)
	@printf '\n== tests: pytest\n'
	@$(BIN)/python -m pytest $(COVERAGE) $(PYTEST_ARGS)

pytest-long: setup-dev system-packages $(INSTALLED_SPARK) ## long gate: the tests that are marked so
	@printf '\n== long tests: pytest -m long\n'
	@$(BIN)/python -m pytest -m "long and not nightly" $(LONG_ARGS)

# Each case runs once: those of the newest version of a set, and of each released one, are tests (tests/criteria).
criteria: setup ## long gate: every shipped version of every criteria set is read and checked
	@printf '\n== criteria: check all versions\n'
	@set -e; for version in criteria/*/releases/*.json criteria/*/; do \
		[ -e "$$version" ] || { echo "nothing found: $$version" >&2; exit 1; }; \
		echo "$$version"; $(BIN)/risk-engine criteria check "$${version%/}"; \
	done

# A released version is locked by its digest, so all its mutants were looked at before; its ladders stand for it here.
mutants: setup ## long gate: every small change of a draft, and of a released set's ladders, turns a case red, or has its reason
	@printf '\n== mutants: what no case notices\n'
	@set -e; for set in criteria/*/; do set=$${set%/}; version=$$(sed -n 's/^version: //p' "$$set/set.yaml"); \
		if grep -q "^$${set#criteria/}@$$version: " criteria/releases.lock; then only='--only ladder'; else only=; fi; \
		$(BIN)/risk-engine criteria mutate "$$set" $$only; done

# What a landing need not wait for: CI has twenty minutes, and these look at what changes slowly.
nightly: mutants-python laws pytest-nightly scale load ## for each night: mutants of the code, many examples of every law, what large sets and many people cost
	@printf '\n== all nightly gates passed\n'

pytest-nightly: setup-dev system-packages ## nightly gate: the tests that are marked so
	@printf '\n== nightly tests: pytest -m nightly\n'
	@$(BIN)/python -m pytest -m nightly $(LONG_ARGS)

mutants-python: setup-dev ## nightly gate: small changes of the engine's own code turn a test red, or have their reason
	@printf '\n== mutants of the code: what no test notices\n'
	@$(BIN)/python scripts/mutate_python.py

wheel: setup ## long gate: the built wheel works alone in a clean environment
	@printf '\n== wheel: smoke test\n'
	@$(BIN)/python scripts/wheel_smoke.py "$(DEMO_CASE)"

# --- for developers ---

format: setup-dev ## format and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: setup-dev ## build generated pages: the catalogue, the reports on a new version, the examples under two sets of criteria
	@set -e; mkdir -p build/docs; for form in md html; do \
		$(BIN)/risk-engine criteria show reconnect-china -o build/docs/catalogue.$$form; \
		$(BIN)/risk-engine criteria impact $(AUDITED) --cases examples/audit/cases -o build/docs/impact.$$form; \
		$(BIN)/risk-engine criteria prove $(lastword $(AUDITED)) --only promises --all -o build/docs/prove.$$form; \
	done
	@set -e; for form in txt html; do $(BIN)/risk-engine criteria diff $(AUDITED) -o build/docs/diff.$$form; done
	@sed -n '/^Case 12$$/,$${/, digest$$/,$$p;b};p' build/docs/diff.txt >examples/audit/diff.txt
	@cp build/docs/impact.md build/docs/prove.md examples/audit/
	@cd examples/knowledge-security && $(abspath $(BIN))/risk-engine assess .. --criteria reconnect-china \
		--criteria nl-knowledge-security -o comparison.md

messages: setup-dev ## bring the translations of the engine's own words up to date (ADD=it: begin a language; EXTENT=outside: for people outside the office alone)
	@$(BIN)/python scripts/messages.py $(if $(ADD),--add "$(ADD)") $(if $(EXTENT),--extent "$(EXTENT)")

pictures: setup-dev system-packages ## take the pictures of real pages, in README and guides, anew
	@$(BIN)/python -m tests.pages.pictures docs/images

laws: setup-dev ## look at 1000 random examples of every law, other ones each time; all other targets take few, the same always
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -m hypothesis $(PYTEST_ARGS)
	@RISK_ENGINE_HUNT=1000 RISK_ENGINE_HUNT_FROM=$$(date +%s) $(BIN)/python -m pytest tests/audit/diff/test_hunt.py $(PYTEST_ARGS)

site: setup-dev ## build the documentation as a site in build/site, every link checked
	@$(BIN)/mkdocs build --quiet
	@printf 'the documentation: build/site/index.html\n'

release: setup $(INSTALLED_RELEASE) ## build, check, describe and tag a release of the engine (DRY=1: show it)
	@$(BIN)/python -m scripts.release $(if $(DRY),--dry)

bench: setup ## run the benchmarks
	@$(BIN)/python benchmarks/run.py

scale: setup ## what it takes to test, mutate and prove sets of 50 and 250 indicators, and to test and mutate one of 1000
	@$(BIN)/python benchmarks/scale.py 50 250
	@$(BIN)/python benchmarks/scale.py 1000 --only test --only mutate

load: setup-dev $(INSTALLED_LOAD) ## fifty people at once in an office of 10,000 cases, in build/big-office: how long they wait
	@mkdir -p build
	@$(BIN)/python -m benchmarks.web --office build/big-office

# One resolution for all (requirements/versions.txt); each lock is a part of it with its hashes. What is locked already stays
# as it is, so the same files come out of a clean clone; none of them names a host.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
	--no-emit-find-links
LOCKED = $(COMPILE) --generate-hashes -c requirements/versions.txt
GROUPS = build docs load lock release
EXTRAS = $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"])'
lock: .venv/made-for ## write requirements/*.txt anew from pyproject.toml (UPGRADE=--upgrade: newest versions)
	@$(INSTALL) --require-hashes -r requirements/lock.txt
	@$(COMPILE) $(UPGRADE) pyproject.toml --all-extras $(addprefix --group ,$(GROUPS) dev) -o requirements/versions.txt
	@$(LOCKED) pyproject.toml -o requirements/base.txt
	@set -e; for extra in $$($(EXTRAS)); do $(LOCKED) pyproject.toml --extra $$extra -o requirements/$$extra.txt; done
	@set -e; for group in $(GROUPS); do $(LOCKED) --group $$group -o requirements/$$group.txt; done
	@set -e; for extra in $$($(EXTRAS)); do [ $$extra = spark ] || extras="$$extras --extra $$extra"; done; \
		$(LOCKED) pyproject.toml $$extras --group dev -o requirements/dev.txt
	@! grep -n '://' requirements/*.txt || { echo "a lock names a host" >&2; exit 1; }

clean: ## remove .venv and everything that was built
	@rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache

# --- set-up: a stamp per step, so that a second call does nothing and a changed lock installs again ---

setup: $(INSTALLED)
setup-dev: $(INSTALLED_DEV)

# The tests of pages look at them in a browser and read what it prints, those of signatures check them with openssl, those
# of the office run on a PostgreSQL too, those of Spark in Java. They fail without these, they never skip.
system-packages: ## install Chromium, a font, poppler-utils, openssl, PostgreSQL and Java (Debian, as root), else say what is missing
	@missing=''; \
	for one in chromium chromium-browser google-chrome none; do command -v $$one >/dev/null && break; done; \
	[ "$$one" != none ] || missing="$$missing chromium"; \
	command -v pdftotext >/dev/null || missing="$$missing poppler-utils"; \
	command -v openssl >/dev/null || missing="$$missing openssl"; \
	command -v curl >/dev/null || missing="$$missing curl"; \
	command -v java >/dev/null || missing="$$missing default-jre-headless"; \
	command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	fc-list 2>/dev/null | grep -q Liberation || missing="$$missing fontconfig fonts-liberation"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "the tests need these programs, on Debian: sudo apt-get install$$missing" >&2; exit 1; fi; \
	echo "installing the Debian packages$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get -qq update && apt-get -qq install --yes --no-install-recommends $$missing >/dev/null

# An environment belongs to one folder and one Python: its scripts and the editable install name both.
# If either has changed, the environment is made anew.
HERE := $(shell printf '%s, ' "$$(pwd -P)"; "$(PYTHON)" -c 'import sys; print(sys.version.split()[0])' 2>&1)
ifneq ($(shell cat .venv/made-for 2>/dev/null),$(HERE))
.PHONY: .venv/made-for
endif

.venv/made-for:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed and '$(PYTHON)' is not one; name another: make PYTHON=python3.12 …" >&2; \
		exit 1; }
	@echo "setting up .venv"
	@rm -rf .venv
	@"$(PYTHON)" -m venv .venv
	@{ printf '%s, ' "$$(pwd -P)"; "$(PYTHON)" -c 'import sys; print(sys.version.split()[0])'; } > $@

# The locks are whole, so nothing is resolved again.
$(INSTALLED): .venv/made-for
	@echo "installing the locked dependencies"
	@$(INSTALL) --no-deps --require-hashes -r requirements/base.txt -r requirements/build.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@rm -f .venv/installed-* && touch $@

$(INSTALLED_DEV): $(INSTALLED)
	@echo "installing the locked development tools"
	@$(INSTALL) --no-deps --require-hashes -r requirements/dev.txt
	@$(PIP) check
	@rm -f $(INSTALLED)-dev-* && touch $@

# It comes as its source; what builds it is locked and there already.
$(INSTALLED_SPARK): $(INSTALLED_DEV)
	@echo "installing Spark, which takes half a minute"
	@$(INSTALL) --no-deps --no-build-isolation --require-hashes -r requirements/spark.txt
	@rm -f $(INSTALLED_DEV)-spark-* && touch $@

$(INSTALLED_LOAD): $(INSTALLED_DEV)
	@echo "installing what people at work are made with"
	@$(INSTALL) --no-deps --require-hashes -r requirements/load.txt
	@rm -f $(INSTALLED_DEV)-load-* && touch $@

$(INSTALLED_RELEASE): $(INSTALLED)
	@echo "installing the locked tools of a release"
	@$(INSTALL) --no-deps --require-hashes -r requirements/release.txt
	@rm -f $(INSTALLED)-release-* && touch $@
