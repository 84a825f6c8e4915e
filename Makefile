# Every command of the project. `make run` and `make test` need Rust, Node and
# Debian's package manager; scripts/setup brings the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Without a developer's database (.env) the query macros read .sqlx.
ifeq ($(wildcard .env),)
export SQLX_OFFLINE := true
endif

.PHONY: help run test dev bench e2e release fmt lint prepare setup

help: ## This list
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run: ## Set up, build, start with demo data on http://127.0.0.1:3000
	scripts/setup run
	cargo xtask build
	exec target/debug/delega serve --demo

test: ## Set up, formatting, lints, every test, browser tests
	scripts/test

dev: ## Like run, again after every change of a source
	scripts/setup run
	exec cargo xtask dev

e2e: ## Browser tests only; ARGS go to Playwright
	scripts/setup test
	cargo xtask build
	npx --no-install playwright test $(ARGS)

bench: ## Measurements
	scripts/setup run
	scripts/bench $(ARGS)

release: ## Optimised build: target/release/delega and target/site
	scripts/setup run
	cargo xtask build --release

fmt: ## Format
	cargo fmt --all

lint: ## Lints of both sides
	scripts/lint

prepare: ## Write .sqlx anew, after a change of a query or a migration
	scripts/prepare-sqlx

setup: ## What a fresh machine lacks
	scripts/setup test
