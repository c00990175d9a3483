# The commands that engineers and machines use. `make help` lists them; CONTRIBUTING.md says when.
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS   += --no-print-directory
.DEFAULT_GOAL := help

GO        ?= go
TESTFLAGS ?= -count=1 -timeout=8m
FUZZTIME  ?= 30s
BENCH     ?= .
MUTANT    ?=
export EVENKEEL_DATA GO

.PHONY: help deps vet build build-all test race fuzz mutants bench real tidy-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install the Debian packages that tests compare with, when they are missing
	@build/install-packages build/debian-packages

vet: ## look for suspicious code
	$(GO) vet ./...

build: ## build the program as ./evenkeel
	CGO_ENABLED=0 $(GO) build -trimpath -o evenkeel ./cmd/evenkeel

build-all:
	CGO_ENABLED=0 $(GO) build -buildvcs=false ./...

test: deps vet build-all ## everything a change must pass
	$(GO) test -json $(TESTFLAGS) ./... | $(GO) run ./build/testsum

race: ## the same tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -json -count=1 -timeout=30m ./... | $(GO) run ./build/testsum

fuzz: ## each fuzz target for FUZZTIME (30s)
	@build/each-fuzz-target $(FUZZTIME)

mutants: ## take the guards out one by one, or those that MUTANT names, and see the tests fail
	@$(GO) run ./build/mutants build/mutants/mutants.txt $(MUTANT)

bench: ## all benchmarks, or those that BENCH matches
	$(GO) test -run='^$$' -bench='$(BENCH)' -benchmem -timeout=2h ./...

real: ## planner and readers against published data in EVENKEEL_DATA (large; takes long)
	@build/real-data

tidy-check: vet ## go.mod and go.sum say what the code needs
	$(GO) mod tidy -diff

clean: ## remove what builds leave behind
	rm -rf evenkeel dist
