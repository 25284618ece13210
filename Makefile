# `make` lists the targets. Everything a person or CI runs is one of them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Packages whose bugs are races: run under the race detector.
RACE_PKGS := ./internal/inventory/... ./internal/jobs/... ./internal/auth/... ./internal/web/... ./internal/provider/...
# Packages that meet Postgres: also tested on the newest version that can be had.
STORE_PKGS := ./internal/postgres/... ./internal/audit/... ./internal/auth/... ./internal/inventory/... ./internal/jobs/... ./internal/query/...

# One kind of build everywhere but in `make race`, so that nothing is compiled twice. The released
# binary is built in the Dockerfile, with -trimpath; here the paths stay, as the tests have them.
export CGO_ENABLED := 0

# Without this, `go build` fails where git refuses to read the checkout (another owner, in a container).
GO_BUILD_FLAGS := -buildvcs=$(shell git status --porcelain >/dev/null 2>&1 && echo auto || echo false)

.PHONY: help demo build test test-newest race e2e e2e-setup bench lint fmt generate check check-generated postgres tools go-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: postgres build ## build and start everything on this machine, with a sample estate (ARGS='--addr 127.0.0.1:9000')
	@exec bin/console demo $(ARGS)

build: go-check ## build the one binary, bin/console: static, no C compiler needed
	@go build $(GO_BUILD_FLAGS) -o bin/console ./cmd/console

test: postgres ## run the tests; needs Go and Postgres programs
	go test $(TESTFLAGS) ./...

test-newest: go-check ## run the tests that meet Postgres on the newest version that can be had
	@scripts/postgres.sh --private
	CAUSEWAY_TEST_POSTGRES_BIN="$$(bin/findpostgres -private -bin)" go test -count=1 $(TESTFLAGS) $(STORE_PKGS)

race: postgres ## run the sync, job, session and adapter packages under the race detector; needs a C compiler
	@command -v "$$(go env CC)" >/dev/null || { echo "make race: the race detector needs a C compiler, and '$$(go env CC)' is not installed. Debian, Ubuntu: apt-get install gcc. macOS: xcode-select --install." >&2; exit 1; }
	CGO_ENABLED=1 go test -race $(TESTFLAGS) $(RACE_PKGS)

e2e: postgres build e2e-setup ## run the tests with a real browser, emulators and servers; installs what they need
	go test -tags e2e -count=1 -timeout 40m $(TESTFLAGS) ./test/e2e/...

e2e-setup: ## install what the browser tests need, into .e2e/
	@scripts/e2e-setup.sh

BENCH ?= .
bench: postgres ## run the benchmarks (BENCH=Sync for some of them)
	go test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 60m $(TESTFLAGS) ./internal/...

check: check-generated lint ## prove that generated code is current, then lint; archtest runs with the tests

lint: go-check bin/.tools ## run the linters and the format check
	@bin/golangci-lint run
	@go test ./internal/archtest/...

fmt: go-check bin/.tools ## format the code
	@bin/golangci-lint fmt

generate: go-check bin/.tools ## write what is generated: queries, templates, packed assets (needs Node.js)
	@bin/sqlc generate
	@go tool templ generate
	@node web/assets/pack.mjs

check-generated: go-check bin/.tools
	@scripts/check-generated.sh

postgres: go-check ## make sure there are Postgres programs; installs a private copy where the system has none
	@scripts/postgres.sh

tools: bin/.tools ## build the tools pinned in tools/go.mod into bin/

# A stamp and not the programs themselves: one install makes them all.
bin/.tools: tools/go.mod tools/go.sum
	@$(MAKE) go-check
	@echo "building the tools pinned in tools/go.mod (some minutes the first time)"
	@GOBIN="$(CURDIR)/bin" go -C tools install tool
	@touch bin/.tools

go-check:
	@scripts/go-check.sh

clean: ## remove what was built; data of a demo stays
	rm -rf bin e2e-out .e2e
