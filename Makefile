# `make run` and `make test` do all of their own set-up; see installer/environment.sh.

BIN := .venv/bin
SAMPLE := build/sample

.DEFAULT_GOAL := help
.PHONY: help environment run test bench bundle clean

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

# Always called: whether anything is to be done depends on contents, not on times, since a
# checkout or a copy gives every file a new time. It takes a moment when nothing has changed.
environment: ## make .venv/ ready: Python, system libraries, packages
	@bash installer/environment.sh

# With a screen the window opens on the case as it was left; without one the whole job is done
# and pictures are taken of what the window shows.
run: environment ## open the window on the sample case; without a screen build it, its pack and pictures
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		[ -f $(SAMPLE)/wealdshire.cambs ] || \
			$(BIN)/python resources/sample/build.py --command $(BIN)/cambs-evidence --out $(SAMPLE) && \
		$(BIN)/cambs-evidence open $(SAMPLE)/wealdshire.cambs; \
	else \
		$(BIN)/python resources/sample/build.py --command $(BIN)/cambs-evidence --out $(SAMPLE) && \
		$(BIN)/python docs/make_window_pictures.py $(SAMPLE)/wealdshire.cambs $(SAMPLE); \
	fi

# No screen is needed: Qt draws into memory. Not for `run`, which is there to be looked at.
test bench: export QT_QPA_PLATFORM := offscreen

# A process that a test starts reads what an earlier one compiled.
test bench run: export PYTHONDONTWRITEBYTECODE =

# The quick checks come first, so that the tests' closing line is the last to be read.
test: environment ## check style, import contracts and types, then run all tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest

# pdftotext is what the benchmarks measure against; nothing else uses it.
bench: ## measure against named references, as ratios
	@bash installer/environment.sh pdftotext
	$(BIN)/python -m benchmarks

# PyInstaller is no part of the environment: nobody needs it who does not build a bundle.
# A bundle brings the libraries for a screen, so they have to be here.
bundle: ## build a one-folder program in dist/ and try it, without a screen
	@bash installer/environment.sh screen
	@$(BIN)/python -m pip show --quiet pyinstaller 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --editable '.[bundle]'
	$(BIN)/pyinstaller --noconfirm --log-level ERROR installer/cambs-evidence.spec
	@$(BIN)/python installer/try_bundle.py dist/cambs-evidence/cambs-evidence build/bundle

clean: ## remove what was built; the environment in .venv/ stays
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
