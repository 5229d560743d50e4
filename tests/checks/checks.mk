# checks.mk - builds that see what the tests alone do not, each in a folder of its own.

SUB := $(MAKE) --no-print-directory
.PHONY: tsan memcheck analyze coverage

# ---- Threads ----
# Only the stress engine has threads (harness/stress/stress.c: one a lane, each with a heap of its own). Sleeper, sampler
# and watch are a thread's own loop or a process; test_release starts its one thread for a small stack.
TSAN_BUILD := build-thread
tsan:
	+@$(SUB) SAN=thread BUILD=$(TSAN_BUILD) $(TSAN_BUILD)/gcsweep $(TSAN_BUILD)/tests/test_sanitizers
	@GCSWEEP_BUILD=$(abspath $(TSAN_BUILD)) TSAN_OPTIONS=halt_on_error=1 tests/run.sh $(TSAN_BUILD)/tests/test_sanitizers
	TSAN_OPTIONS=halt_on_error=1 $(TSAN_BUILD)/gcsweep stress --threads 4 --seed 1 --mutations 300000

# ---- Memory, without a sanitizer's allocator ----
MEMCHECK_SUITES := dict gc object plan record report_text store string weakref
memcheck: all $(MEMCHECK_SUITES:%=$(BUILD)/tests/test_%)
	@GCSWEEP_BUILD=$(abspath $(BUILD)) tests/checks/memcheck.sh $(MEMCHECK_SUITES:%=$(BUILD)/tests/test_%)

# ---- Static analysis ----
# Checks and reasons: .clang-tidy. A file that passed is looked at again when it, a header or the checks change.
ANALYZE_BUILD := build-analyze
ANALYZED := $(LIB_SOURCES) $(wildcard reference/*.c) $(MAINS)
HEADERS := $(wildcard core/*.h core/*/*.h reference/*.h allocators/*.h workloads/*.h workloads/*/*.h harness/*/*.h harness/*/*/*.h)
analyze: $(ANALYZED:%.c=$(ANALYZE_BUILD)/%.ok)
	@echo "$(words $^) files are clean"

$(ANALYZE_BUILD)/%.ok: %.c $(HEADERS) .clang-tidy | $(BUILD)/version.h
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	$(Q)clang-tidy --quiet --warnings-as-errors='*' $< -- -std=c11 -D_GNU_SOURCE -I. -I$(BUILD) \
		$(if $(filter reference/%,$<),-DGCSWEEP_RUNTIME_CPYTHON) $(PYTHON_CFLAGS) 2>$@.said || { cat $@.said >&2; exit 1; }
	@rm $@.said; touch $@

# ---- Coverage ----
COVERAGE_BUILD := build-coverage
coverage:
	@find $(COVERAGE_BUILD) -name '*.gcda' -delete 2>/dev/null || true
	+@GCOV_ERROR_FILE=$(abspath $(COVERAGE_BUILD))/gcov.log $(SUB) BUILD=$(COVERAGE_BUILD) CI= \
		CFLAGS='-O1 -g --coverage -fprofile-update=atomic -include tests/checks/flush_counts.h -DGCSWEEP_COVERAGE' test; \
		tests=$$?; tests/checks/coverage.sh $(COVERAGE_BUILD) && exit $$tests
