# Two commands matter: `make demo` and `make test`. `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test deps setup bench lint fmt fix clean interop soak faults model mutants deb rpm machines packages containers page observability openapi docs

CARGO ?= cargo
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
LES := $(TARGET_DIR)/debug/les
STATIC := $(shell uname -m)-unknown-linux-gnu
# The reference node for `make interop`: a path to les-example.py and a Python that has flask and requests.
REFERENCE ?=
REFERENCE_PYTHON ?= python3

DENY_VERSION := 0.20.2
DENY := target/tools/cargo-deny-$(DENY_VERSION)/bin/cargo-deny
DEB_VERSION := 3.8.0
DEB := target/tools/cargo-deb-$(DEB_VERSION)/bin/cargo-deb
RPM_VERSION := 0.21.1
RPM := target/tools/cargo-generate-rpm-$(RPM_VERSION)/bin/cargo-generate-rpm
PACKAGE := PATH="$(abspath $(dir $(DEB))):$(abspath $(dir $(RPM))):$$PATH" deploy/package/build.sh

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

demo: ## three nodes and a simulated cloud: kill the leader, watch the address move (ARGS="--nodes 5")
	@$(CARGO) build --locked --quiet --no-default-features --bin les
	@exec $(LES) demo $(ARGS)

test: setup ## everything that is tested, with what the tests need
	$(CARGO) build --locked --workspace --bin les --example simulated-cloud
	tests/interop/run.sh --les $(LES) --python $(REFERENCE_PYTHON) $(REFERENCE)
	tests/openapi/run.sh --les $(LES) --cloud $(TARGET_DIR)/debug/examples/simulated-cloud
	tests/netns/run.sh --les $(LES) --cloud $(TARGET_DIR)/debug/examples/simulated-cloud
	tests/faults/run.sh --les $(LES) --cloud $(TARGET_DIR)/debug/examples/simulated-cloud --quick --at-once 4
	tests/observability/run.sh --les $(LES) --cloud $(TARGET_DIR)/debug/examples/simulated-cloud
	$(MAKE) --no-print-directory docs
	$(MAKE) --no-print-directory machines
	$(MAKE) --no-print-directory containers
	tests/page/run.sh --les $(LES) --cloud $(TARGET_DIR)/debug/examples/simulated-cloud
	python3 -m unittest discover --start-directory deploy/cloud-init
	tests/terraform/run.sh
	$(CARGO) test --workspace --locked --doc --quiet
	$(CARGO) test --workspace --locked --lib --bins --tests
	@cat $(TARGET_DIR)/skipped.txt

interop: ## a cluster of two of ours and one reference node (REFERENCE=path/to/les-example.py)
	$(CARGO) build --locked --bin les
	tests/interop/run.sh --les $(LES) --python $(REFERENCE_PYTHON) $(REFERENCE)

openapi: ## the running server against its OpenAPI description (ARGS="--only leader --seed 7 --examples 200")
	$(CARGO) build --locked --workspace --bin les --example simulated-cloud
	tests/openapi/run.sh --les $(LES) --cloud $(TARGET_DIR)/debug/examples/simulated-cloud $(ARGS)

faults: ## as root: faults of real processes, and what the cloud saw of each (ARGS="kill freeze --nodes 3", "--list")
	$(CARGO) build --locked --release --workspace --bin les --example simulated-cloud
	tests/faults/run.sh --les $(TARGET_DIR)/release/les --cloud $(TARGET_DIR)/release/examples/simulated-cloud $(ARGS)
	$(if $(ARGS),,$(MAKE) --no-print-directory machines)

docs: ## as root: every command of the book is run, and its links, files and recipes are held against what they are about (DOCS="--only quick")
	$(CARGO) build --locked --workspace --bin les --example simulated-cloud
	tests/docs/run.sh --les $(LES) --cloud $(TARGET_DIR)/debug/examples/simulated-cloud $(DOCS)

machines: ## as root: packages, unit and user-data in Debian machines booted by systemd-nspawn (MACHINES="--only deb")
	@if [[ -n "$(CI)" || -z "$$(tests/machines/run.sh --why-not)" ]]; then $(MAKE) --no-print-directory packages; fi
	tests/machines/run.sh --les $(LES) --cloud $(TARGET_DIR)/debug/examples/simulated-cloud $(MACHINES)

containers: ## as root: the image, containers of it, compose.yaml, linters and schemas (CONTAINERS="--only image")
	@if [[ -n "$(CI)" || -z "$$(tests/container/run.sh --why-not)" ]]; then RUSTFLAGS="-C target-feature=+crt-static" $(CARGO) build --locked --no-default-features \
	  --target $(STATIC) --package les --package les-provider-simulated --bin les --example simulated-cloud; fi
	tests/container/run.sh --les $(TARGET_DIR)/$(STATIC)/debug/les --cloud $(TARGET_DIR)/$(STATIC)/debug/examples/simulated-cloud $(CONTAINERS)

page: ## the page at `/` in headless Chromium, while things happen to three nodes (PAGE="--pictures DIR")
	$(CARGO) build --locked --workspace --bin les --example simulated-cloud
	tests/page/run.sh --les $(LES) --cloud $(TARGET_DIR)/debug/examples/simulated-cloud $(PAGE)

observability: ## metrics, alerts and the dashboard, judged by promtool and a Prometheus that scrapes real nodes (ARGS="--only live")
	$(CARGO) build --locked --workspace --bin les --example simulated-cloud
	tests/observability/run.sh --les $(LES) --cloud $(TARGET_DIR)/debug/examples/simulated-cloud $(ARGS)

# Two versions of each package, of the program as the tests have it: a release would take minutes, and differ in speed only.
packages: $(DEB) $(RPM)
	$(CARGO) build --locked --workspace --bin les --example simulated-cloud
	for revision in 1 2; do for kind in deb rpm; do \
	  $(PACKAGE) $$kind --les $(LES) --revision $$revision --to target/packages/test; done; done

deb: $(DEB) ## a Debian package, in target/packages
	$(PACKAGE) deb

rpm: $(RPM) ## an RPM package, in target/packages
	$(PACKAGE) rpm

setup: $(if $(CI),deps)
	@CI="$(CI)" TARGET_DIR="$(TARGET_DIR)" tests/setup.sh

deps: ## as root: the system packages that some tests need
	@tests/deps.sh

bench: ## as root: kill, stop, freeze and cut off the leader, beside keepalived and REFERENCE; hours (ARGS="--rounds 5 --write PATH", ARGS="serve --rate 500": only how it answers)
	$(CARGO) build --locked --release --package les --package les-bench
	$(TARGET_DIR)/release/les-bench serve --les $(TARGET_DIR)/release/les $(if $(filter serve,$(ARGS)),$(filter-out serve,$(ARGS)))
	$(if $(filter serve,$(ARGS)),,$(TARGET_DIR)/release/les-bench measure --les $(TARGET_DIR)/release/les $(if $(REFERENCE),--reference $(REFERENCE) --reference-python $(REFERENCE_PYTHON)) $(ARGS))

model: ## every schedule of a few faults within a bound, in both modes (ARGS="--events 3 --steps 10")
	$(CARGO) run --locked --quiet --package les-model -- --mode open $(ARGS)
	$(CARGO) run --locked --quiet --package les-model -- --mode quorum $(ARGS)

mutants: ## apply each known mistake to a copy of the code and say who catches it (ARGS="--only quorum --thorough")
	python3 tests/mutants/run.py $(ARGS)

soak: ## simulated hours of dense faults: elections, moves, needless moves (HOURS=100)
	$(CARGO) run --locked --quiet --package les-sim -- soak $(or $(HOURS),100)

lint: $(DENY) ## read-only: format, clippy, docs, dependencies, tidiness
	$(CARGO) fmt --all --check
	python3 tests/tidy.py
	git ls-files -z '*.sh' deploy/package/debian .ci/run | xargs -0 shellcheck --external-sources --source-path=SCRIPTDIR
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items --locked
	$(DENY) --all-features --locked check bans licenses sources

$(DENY):
	$(CARGO) install cargo-deny --version $(DENY_VERSION) --locked --root target/tools/cargo-deny-$(DENY_VERSION)

$(DEB):
	$(CARGO) install cargo-deb --version $(DEB_VERSION) --locked --root target/tools/cargo-deb-$(DEB_VERSION)

$(RPM):
	$(CARGO) install cargo-generate-rpm --version $(RPM_VERSION) --locked --root target/tools/cargo-generate-rpm-$(RPM_VERSION)

fmt: ## format the code
	$(CARGO) fmt --all

fix: fmt ## format, and apply what clippy can mend by itself
	$(CARGO) clippy --fix --workspace --all-targets --allow-dirty --allow-staged

clean: ## remove everything that was built or installed here
	$(CARGO) clean
	rm -rf target tests/prism/node_modules tests/terraform/node_modules tests/terraform/.venv tests/container/.venv tests/openstack/.venv tests/moto/.venv tests/openapi/.venv
