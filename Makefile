# `make run` shows the dashboard, `make test` checks it; the rest is for its makers.
# The first call installs into .venv; with unchanged pins a later one installs nothing.

PYTHON ?= python3
bin := .venv/bin
pip := PIP_DISABLE_PIP_VERSION_CHECK=1 $(bin)/python -m pip install -qq -c constraints.txt

.PHONY: run test lint bench torture basemap zones slim wheel audit

run: .venv/.run
	@$(bin)/geo-astana serve

test: .venv/.test
	@scripts/install_browser.sh
	@scripts/install_redis.sh
	@$(bin)/python -m pytest

lint: .venv/.lint
	@$(bin)/ruff check
	@$(bin)/ruff format --check
	@$(bin)/mypy

bench: .venv/.test
	@scripts/install_browser.sh
	@$(bin)/python benchmarks

# Parts alone: make torture PARTS="kill data".
torture: .venv/.test
	@scripts/install_browser.sh
	@scripts/install_redis.sh
	@command -v wrk >/dev/null || scripts/apt_install.sh wrk || true
	@$(bin)/python -m torture $(PARTS)

basemap: .venv/.basemap
	@$(bin)/python scripts/make_basemap.py

zones: .venv/.run
	@$(bin)/python scripts/make_zones.py

slim: .venv/.run
	@$(bin)/python scripts/fetch_plotly.py

wheel: .venv/.run
	@$(bin)/python -m pip wheel -qq --no-deps --no-build-isolation -w dist .
	@ls dist/*.whl

audit:
	@scripts/audit.sh

# The stamps: .made the environment, .tools what builds, then one a group of packages.
.venv/.made:
	@scripts/make_venv.sh "$(PYTHON)"
	@touch $@

.venv/.tools: .venv/.made constraints.txt
	@$(pip) pip hatchling
	@touch $@

.venv/.test: group := --group test
.venv/.lint: group := --group lint
.venv/.basemap: group := --group basemap

.venv/.run .venv/.test .venv/.lint .venv/.basemap: .venv/.tools pyproject.toml
	@echo "Installing into .venv: about a minute, only this once."
	@$(pip) --no-build-isolation -e . $(group)
	@touch $@
