# `make run` and `make test` are all that a newcomer needs.

export CARGO_TARGET_DIR ?= target
scripts = .ci/run $(wildcard tools/* tests/compose/*.sh)

.PHONY: help run test bench compose-test
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

run: ## build and start everything; ARGS="--fast" hands flags to lab
	@tools/install-packages run
	cargo build --release --locked --bins
	@exec setpriv --pdeathsig TERM tools/foreground $(CARGO_TARGET_DIR)/release/lab $(ARGS)

test: ## prove everything, against the real servers
	@tools/install-packages test
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo test --locked -- --skip pipeline::
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
	promtool check config monitoring/prometheus/prometheus.yml
	amtool check-config monitoring/alertmanager/alertmanager.yml
	shellcheck $(scripts)
	cargo test --locked --test integration -- pipeline::

bench: ## measure, and print a table
	@tools/install-packages run
	cargo bench --locked --bench gateway

compose-test: ## prove the deployment with docker compose
	tests/compose/run.sh
