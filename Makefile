# make run    build, and run every suite against the embedded references; reports are in reports/
# make test   build, and run all of the project's tests
# make prove  play every defect and legal variation of the reference against the cases that must catch or pass it
# make durability   kill the reference enabler at random moments, and count what it lost or delivered twice
# make interop, make bench    what scripts/interop and scripts/bench say of themselves
#
# CONFIG=release builds for speed. ARGS are handed to `cpmcheck run`, such as ARGS="--filter '058a*'".

# One configuration for everything, so that a newcomer compiles the dependencies once.
CONFIG ?= debug
ARGS ?=
# Whole targets, and the suites of other targets that open sockets.
SOCKET_TARGETS = ^(CommandLineTests|PlayingTests|ActorsTests|EnablerReferenceTests|HTTPTests|UpperTesterTests)[.]
SOCKET_SUITES = ^(SIPTests[.](Stack|TLS|Peer)|MSRPTests[.](Socket|TLS|Fingerprint|Hostile)|ProvingTests[.]Restart)
SOCKET_CLIENTS = ^ClientReferenceTests[.](Deviation|ScriptedEnabler|Secure|Story|UpperTester|Delivery|Session)
THROUGH_SOCKETS = $(SOCKET_TARGETS)|$(SOCKET_SUITES)|$(SOCKET_CLIENTS)
CHECKS = --explicit-target-dependency-import-check error
SWIFT_FLAGS = --configuration $(CONFIG) $(CHECKS)

.PHONY: help run prove durability test build prepare interop bench

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed -n '1,7p'

prepare:
	@scripts/prepare

build: prepare
	@scripts/build --product cpmcheck $(SWIFT_FLAGS)

run: build
	@"$$(swift build $(SWIFT_FLAGS) --show-bin-path)/cpmcheck" run --role both --reports reports $(ARGS)

# PROVE="" plays everything against everything, which takes its time.
PROVE ?= --fast
prove: build
	@"$$(swift build $(SWIFT_FLAGS) --show-bin-path)/cpmcheck" prove $(PROVE) --reports reports

RUNS ?= 100
durability: build
	@"$$(swift build $(SWIFT_FLAGS) --show-bin-path)/cpmcheck" durability --runs $(RUNS) --reports reports

test: prepare
	@scripts/build --build-tests $(CHECKS)
	@scripts/interop/self-test
	@echo "Running the tests of codecs and pure logic, all at once."
	@scripts/test $(CHECKS) --skip '$(THROUGH_SOCKETS)'
	@echo "Running the tests through sockets one after the other: their limits are times, and they must not starve each other."
	@scripts/test $(CHECKS) --no-parallel --filter '$(THROUGH_SOCKETS)'

interop: build
	@scripts/interop/run

bench: prepare
	@scripts/bench --first-build
