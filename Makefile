# `make run` and `make test` are all that a newcomer needs.

export CARGO_TARGET_DIR ?= target
drill = $(CARGO_TARGET_DIR)/drill
catalogue = $(if $(CATALOGUE),--catalogue '$(CATALOGUE)')
# Tests send signals that a `nohup` around all of this would have ignored.
cargo-test = env --default-signal=HUP cargo test --locked
# Most tests wait for servers most of the time.
threads = --test-threads $(shell n=$$(nproc); echo $$((n < 6 ? 2 * n : 12)))
# Servers for the tests of the UI, which a browser makes on the programs that `cargo test` has built.
browser-lab = $(CARGO_TARGET_DIR)/debug/lab --fast --data $(CARGO_TARGET_DIR)/browser-lab --postgres-port 0 \
	--prometheus-port 0 --alertmanager-port 0 --mock-port 0 --gateway-port 0
scripts = .ci/run $(filter-out %.txt,$(wildcard tools/* tests/compose/*.sh))
npm = cd ui && npm
# The UI, where it can be built.
ui = $(if $(shell tools/has-node && echo yes),ui/dist/index.html,no-ui)
ui-sources = $(shell find ui -type d \( -name node_modules -o -name dist -o -path ui/tests \) -prune -o -type f -print)

.PHONY: help run no-ui screenshots drill test soak bench bench-fanout bench-scrape compose-test
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

run: $(ui) ## build and start everything; ARGS="--fast" hands flags to lab
	@tools/install-packages run
	cargo build --release --locked --bins
	@exec setpriv --pdeathsig TERM tools/foreground $(CARGO_TARGET_DIR)/release/lab $(ARGS)

ui/dist/index.html: ui/node_modules/.package-lock.json $(ui-sources)
	$(npm) run build

ui/node_modules/.package-lock.json: ui/package.json ui/package-lock.json
	$(npm) ci
	@touch $@

no-ui:
	@echo "no Node 20.19 or newer with npm here: the gateway runs without its UI"

screenshots: ui/dist/index.html ## make the pictures in ui/screenshots anew
	@tools/install-packages test
	cargo build --locked --bins
	SCREENSHOTS=1 $(browser-lab) -- npm --prefix ui run browser -- tests/pages.test.ts

drill: ## rehearse all alerts on real servers, 15 times as fast; CATALOGUE=mine.toml, ALERTS="DiskFull", ARGS="--grace 30"
	@tools/install-packages run
	cargo build --release --locked --bins
	@exec setpriv --pdeathsig TERM tools/foreground $(CARGO_TARGET_DIR)/release/lab --fast --history 0 --data $(drill) \
		--postgres-port 0 --prometheus-port 0 --alertmanager-port 0 --mock-port 0 --gateway-port 0 $(catalogue) -- \
		mock-metrics drill $(catalogue) $(or $(ALERTS),--all) $(ARGS) \
		--report $(drill)/report.md --report $(drill)/report.json --report $(drill)/report.xml

test: ## prove everything, against the real servers
	@tools/install-packages test
	cargo fmt --all --check
	cargo clippy --locked --all-targets -- -D warnings
	tools/deny
	$(npm) ci && npm run lint && npm run build && npm test
	$(cargo-test) -- $(threads) --skip pipeline:: --skip rehearsal::
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
	promtool check config monitoring/prometheus/prometheus.yml
	amtool check-config monitoring/alertmanager/alertmanager.yml
	shellcheck $(scripts)
	$(cargo-test) --test programs -- pipeline::
	$(cargo-test) --test drill -- --nocapture rehearsal::
	$(browser-lab) -- npm --prefix ui run browser

soak: ui/dist/index.html ## thirty minutes in which nothing may grow, generated answers in a browser; SOAK_MINUTES=120 before a release
	@tools/install-packages test
	cargo build --locked --bins
	$(browser-lab) -- npm --prefix ui run soak
	$(cargo-test) --test gateway -- --ignored --nocapture --test-threads 1 soak::

bench: ## measure, and print a table
	@tools/install-packages run
	cargo bench --locked --bench gateway

bench-fanout: ## measure the fan-out beside a bare write loop and Node
	cargo bench --locked --bench fanout

bench-scrape: ## measure /metrics of a big catalogue beside Node's prom-client
	cargo bench --locked --bench scrape

compose-test: ## prove the deployment with docker compose
	tests/compose/run.sh
