# Start with `make run` and `make test`. `make help` lists all targets.

export CARGO_TARGET_DIR ?= target
drill = $(CARGO_TARGET_DIR)/drill
catalogue = $(if $(CATALOGUE),--catalogue '$(CATALOGUE)')
# Tests send SIGHUP. A `nohup` around make would make them ignore it.
cargo-test = env --default-signal=HUP cargo test --locked
# Most tests wait for servers most of the time, so more threads than cores.
threads = --test-threads $(shell n=$$(nproc); echo $$((n < 6 ? 2 * n : 12)))
# A lab for the UI's tests in a browser. It uses the programs that `cargo test` has built.
browser-lab = $(CARGO_TARGET_DIR)/debug/lab --fast --data $(CARGO_TARGET_DIR)/browser-lab --postgres-port 0 \
	--prometheus-port 0 --alertmanager-port 0 --mock-port 0 --gateway-port 0
scripts = .ci/run $(filter-out %.txt,$(wildcard tools/* tests/compose/*.sh))
npm = cd ui && npm
# The UI, if Node can build it.
ui = $(if $(shell tools/has-node && echo yes),ui/dist/index.html,no-ui)
ui-sources = $(shell find ui -type d \( -name node_modules -o -name dist -o -path ui/tests \) -prune -o -type f -print)

.PHONY: help run no-ui screenshots drill test soak bench bench-fanout bench-scrape compose-test
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

run: $(ui) ## build and start everything; ARGS="--fast" passes flags to lab
	@tools/install-packages run
	cargo build --profile local --locked --bins
	@exec setpriv --pdeathsig TERM tools/foreground $(CARGO_TARGET_DIR)/local/lab $(ARGS)

ui/dist/index.html: ui/node_modules/.package-lock.json $(ui-sources)
	$(npm) run build

ui/node_modules/.package-lock.json: ui/package.json ui/package-lock.json
	$(npm) ci
	@touch $@

no-ui:
	@echo "Node 20.19 or newer with npm is missing: the gateway runs without its UI"

screenshots: ui/dist/index.html ## take the screenshots in ui/screenshots again
	@tools/install-packages test
	cargo build --locked --bins
	SCREENSHOTS=1 $(browser-lab) -- npm --prefix ui run browser -- tests/pages.test.ts

drill: ## rehearse all alerts on real servers, 15 times as fast; CATALOGUE=mine.toml, ALERTS="DiskFull", ARGS="--grace 30"
	@tools/install-packages run
	cargo build --profile local --locked --bins
	@exec setpriv --pdeathsig TERM tools/foreground $(CARGO_TARGET_DIR)/local/lab --fast --history 0 --data $(drill) \
		--postgres-port 0 --prometheus-port 0 --alertmanager-port 0 --mock-port 0 --gateway-port 0 $(catalogue) -- \
		mock-metrics drill $(catalogue) $(or $(ALERTS),--all) $(ARGS) \
		--report $(drill)/report.md --report $(drill)/report.json --report $(drill)/report.xml

test: ## run all checks and tests, against real servers
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

soak: ui/dist/index.html ## look for leaks for 30 minutes, feed generated answers to the UI; SOAK_MINUTES=120 before a release
	@tools/install-packages test
	cargo build --locked --bins
	$(browser-lab) -- npm --prefix ui run soak
	$(cargo-test) --test gateway -- --ignored --nocapture --test-threads 1 soak::

bench: ## measure the gateway and print a table
	@tools/install-packages run
	cargo bench --locked --bench gateway

bench-fanout: ## compare the fan-out with a bare write loop and Node
	cargo bench --locked --bench fanout

bench-scrape: ## compare /metrics of a big catalogue with Node's prom-client
	cargo bench --locked --bench scrape

compose-test: ## test the deployment with docker compose
	tests/compose/run.sh
