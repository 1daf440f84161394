# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
#
# The single steps of ./verify, for daily work. Nothing here does what the Maven build does not do too.

MVN ?= mvn -B -ntp

.DEFAULT_GOAL := help
.PHONY: help tools fmt check bpf build test it corpus damage fuzz fuzz-grpc fuzz-http1 fuzz-http2 fuzz-import kill9 scale traffic golden bench dump screenshots demo matrix matrix-kernels matrix-tls soak attach

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

tools: ## install the Debian packages, and the modules of sample programs, that are missing
	.ci/install-tools
	.ci/install-modules

fmt: ## format Java and C sources
	$(MVN) -q spotless:apply
	$(MAKE) --no-print-directory -C bpf fmt

check: bpf ## every gate, no test
	.ci/check-sources
	$(MVN) verify -DskipTests

bpf: ## build the BPF objects of both architectures, check their format
	$(MAKE) --no-print-directory -C bpf check
	$(MVN) -q -pl bpf process-resources

build: ## everything that bin/ needs, no gate, no test
	$(MVN) -q -Pquick package -DskipTests

test: ## unit tests
	$(MVN) -Pquick test

it: ## unit and integration tests; the eBPF ones need root
	$(MVN) -Pquick verify

corpus: ## the conformance corpora alone
	$(MVN) -Pquick -pl samples -am test -Dtest='*Corpus*Test' -Dsurefire.failIfNoSpecifiedTests=false

damage: ## 10 000 random damages of a capture; CI does 1000
	$(MVN) -Pquick -pl format -am test -Dtest=RandomDamageTest -Dsurefire.failIfNoSpecifiedTests=false -Dtapedeck.damages=10000

fuzz: ## Jazzer looks for bytes that break readers and parsers, MINUTES=20 for each kind; ./verify replays what it starts from
	for target in format/CaptureFuzzIT\#read_anyBytes_isACaptureOrIsNot \
	    format/CaptureFuzzIT\#read_anyMetadataPlaneWithSoundChecksums_givesEventsOrDamage \
	    analyzer/core/MessageFuzzIT\#webSocket_anyBytes_areFramesOrNot \
	    analyzer/core/MessageFuzzIT\#content_anyBytes_areDecodedWithinBounds \
	    analyzer/core/MessageFuzzIT\#events_anyBytes_areLinesWhateverTheSplit; do \
	  JAZZER_FUZZ=1 JAZZER_MAX_DURATION=$(or $(MINUTES),20)m $(MVN) -Pquick -pl $${target%/*} -am verify -Dtest=NoTest \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dtest.timeout.it="1 h" -Dit.test="$${target##*/}*" -Dfailsafe.failIfNoSpecifiedTests=false || exit 1; \
	done

fuzz-grpc: ## the same for bodies of gRPC and gRPC-Web calls, MINUTES=20
	JAZZER_FUZZ=1 JAZZER_MAX_DURATION=$(or $(MINUTES),20)m $(MVN) -Pquick -pl analyzer/core -am verify -Dtest=NoTest \
	  -Dsurefire.failIfNoSpecifiedTests=false -Dtest.timeout.it="1 h" -Dit.test="GrpcFuzzIT" -Dfailsafe.failIfNoSpecifiedTests=false

fuzz-http1: ## Jazzer looks for streams that HTTP/1 is not read from as it should be, MINUTES=20
	JAZZER_FUZZ=1 JAZZER_MAX_DURATION=$(or $(MINUTES),20)m $(MVN) -Pquick -pl analyzer/core -am verify -Dtest=NoTest \
	  -Dsurefire.failIfNoSpecifiedTests=false -Dtest.timeout.it="1 h" -Dit.test="Http1FuzzIT" -Dfailsafe.failIfNoSpecifiedTests=false

fuzz-http2: ## the same for HTTP/2 and HPACK, MINUTES=20 for each
	for target in analyze_anyBytesAsHttp2_accountsForAll decode_anyBytesAsHeaderBlocks_staysWithinTheLimits; do \
	  JAZZER_FUZZ=1 JAZZER_MAX_DURATION=$(or $(MINUTES),20)m $(MVN) -Pquick -pl analyzer/core -am verify -Dtest=NoTest \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dtest.timeout.it="1 h" -Dit.test="Http2FuzzIT#$$target*" -Dfailsafe.failIfNoSpecifiedTests=false || exit 1; \
	done

fuzz-import: ## the same for packet files and archives that are imported
	for target in run_anyBytes_arePacketsOrAreNot run_anyBytes_areAnArchiveOrAreNot; do \
	  JAZZER_FUZZ=1 JAZZER_MAX_DURATION=$(or $(MINUTES),20)m $(MVN) -Pquick -pl analyzer/app -am verify -Dtest=NoTest \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dtest.timeout.it="1 h" -Dit.test="PcapImportFuzzIT#$$target*" -Dfailsafe.failIfNoSpecifiedTests=false || exit 1; \
	done

traffic: ## SEEDS=5000 conversations made up of each kind, split, doubled, disordered and damaged; CI does 60
	$(MVN) -Pquick -pl analyzer/core -am test -Dtest=RandomTrafficTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dtraffic.seeds=$(or $(SEEDS),5000) -Dtraffic.first=$(or $(FIRST),1) -Dtest.timeout.unit="1 h"

kill9: ## kill a writer 1000 times with SIGKILL (RUNS=1000), some minutes
	$(MVN) -Pquick -pl format -am verify -Dtest=none -Dit.test=KillNineIT -Dkill9.runs=$(or $(RUNS),1000) \
	  -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

scale: ## list exchanges of GB=10 captures of each hard kind in HEAP=256 MiB of memory; needs the disk, an hour for all
	$(MVN) -Pquick -pl analyzer/app -am verify -Dtest=none -Dit.test=ScaleIT -Dscale.megabytes=$$(( 1024 * $(or $(GB),10) )) \
	  -Dscale.heap=$(or $(HEAP),256) -Dtest.timeout.it="1 h" -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

golden: ## rewrite all golden files; review the diff
	$(MVN) -Pquick verify -Dgolden.update=true

bench: ## the benchmarks, against their yardsticks
	samples/bench/run

matrix-tls: ## record every TLS stack of the matrix: downloads some 500 MB once, 10 minutes; ROWS=node-0.12.18,nginx for some
	.ci/install-tools matrix
	samples/matrix/tls $(if $(ROWS),--only $(ROWS),--write)

matrix-kernels: build ## record on other kernels, booted under emulation, 10 minutes; ONLY=6.1,6.12 for some
	samples/matrix/kernels $(if $(ONLY),--only $(ONLY),--write)

matrix: matrix-kernels matrix-tls ## both matrices, their tables written to docs/MATRIX.md

soak: ## 10 000 connections of 2000 processes in MINUTES=60: right links, no leak of map entries, descriptors or memory
	samples/matrix/endure soak --times 2000 --minutes $(or $(MINUTES),60)

attach: ## attach and detach TIMES=1000 times under load, an hour
	samples/matrix/endure attach --times $(or $(TIMES),1000)

dump: ## every event of FILE=some.tape, one line each
	@bin/analyzer dump $(FILE)

screenshots: build ## the pictures of the web page and the report, docs/images
	samples/screenshots

demo: ## record, show, export and replay a small TLS service
	./demo
