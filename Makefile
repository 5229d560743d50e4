# gcsweep: build, test, bench. `make help` lists the targets.
#
#   make deps bench    install what is needed, sweep, end in a report
#   make deps test     the same for the tests
#
# Variables: V=1 (show each command), SAN=address,undefined (a sanitizer build in a folder of its own),
# DEBUG_HEAP=1 (the model with every block under watch, core/debug_memory.h; a folder of its own, too),
# FULL=1 (the long bench), OUT=DIR (where bench puts its results), BUDGET
# (within which bench recommends a setting: options of recommend), PREFIX,
# DESTDIR, CC, CFLAGS.

ifneq ($(filter deps,$(MAKECMDGOALS)),)
# Goals beside deps run in a make of their own after it: what is found
# (libpython, the libraries) is looked up when a make starts.
AFTER := $(filter-out deps,$(MAKECMDGOALS))
.PHONY: deps $(AFTER)
deps:
	@sh tools/deps.sh
ifneq ($(AFTER),)
$(firstword $(AFTER)): deps
	@$(MAKE) --no-print-directory $(AFTER)
$(filter-out $(firstword $(AFTER)),$(AFTER)): $(firstword $(AFTER)) ;
endif

else

VERSION := 0.1.0
PREFIX ?= /usr/local
FULL ?=
SAN ?=
DEBUG_HEAP ?=
BUDGET ?= --max-rss 100M
OUT ?= results/bench-$(shell date +%Y%m%d-%H%M%S)
comma := ,
Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1) $(2)')
BUILD ?= build$(if $(DEBUG_HEAP),-debug-heap)$(if $(SAN),-$(subst $(comma),-,$(SAN)))

CFLAGS ?= $(if $(SAN),-O1 -g1,-O2 -g)
# What a text may be cut off to is known at -O2 alone: sanitizer builds do not say.
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(if $(SAN),-Wno-format-truncation) $(if $(filter true,$(CI)),-Werror)
SANITIZE := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer -DGCSWEEP_SANITIZED)
# tests/faults/test_hardening.c reads from the programs whether they have all of it.
CET := $(if $(filter x86_64-% i%86-%,$(shell $(CC) -dumpmachine)),-fcf-protection)
HARDENING := -fPIE -fstack-protector-strong -fstack-clash-protection $(CET) $(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
override LDFLAGS += -pie -Wl,-z,relro,-z,now,-z,noexecstack
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -I. -I$(BUILD) -MMD -MP $(CFLAGS) $(WARNINGS) $(if $(DEBUG_HEAP),-DGCSWEEP_DEBUG_HEAP) $(SANITIZE) $(HARDENING)

PACKAGES := jansson sqlite3 libzstd gsl zlib
PYTHON := $(shell pkg-config --exists python3-embed 2>/dev/null && echo python3-embed)
PYTHON_CFLAGS = $(subst -I,-isystem,$(shell pkg-config --cflags $(PYTHON)))
HARNESS_LIBS = $(shell pkg-config --libs $(PACKAGES)) -lm

# Everything that is not a main(), in the model's flavour.
MAINS := harness/cli/main.c harness/worker/main.c harness/worker/sites/main.c
LIB_SOURCES := $(filter-out $(MAINS),$(wildcard core/*.c core/*/*.c allocators/*.c workloads/*.c workloads/*/*.c harness/*/*.c harness/*/*/*.c))
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/%.o)
# What is compiled a second time, against the real CPython.
CPYTHON_SOURCES := $(filter-out workloads/mutator_model.c,$(wildcard workloads/*.c workloads/*/*.c)) $(wildcard reference/*.c) \
	$(wildcard harness/worker/*.c harness/worker/tunings/*.c)
CPYTHON_OBJECTS := $(CPYTHON_SOURCES:%.c=$(BUILD)/cpython/%.o)
# What is compiled a third time, each call that allocates noting its line.
SITES_SOURCES := $(wildcard workloads/*.c workloads/*/*.c) harness/worker/sites/main.c
SITES_OBJECTS := $(SITES_SOURCES:%.c=$(BUILD)/sites/%.o)

MUTATOR_SOURCES := $(addprefix workloads/,mutator.c mutator_model.c block_table.c pace.c sites.c work.c)
# The model in the debug heap, for the suite that sins against it.
DEBUG_HEAP_OBJECTS := $(patsubst %.c,$(BUILD)/debug-heap/%.o,$(wildcard core/*.c core/*/*.c) $(MUTATOR_SOURCES))

# The longest first, so that none of them is left alone at the end.
SLOW := test_stress_bugs test_out_of_memory faults/test_disk test_verify faults/test_kill test_script_fuzz test_tune faults/test_surroundings test_workloads \
	faults/test_links test_fault_sweep test_deeds_script test_verify_pool faults/test_workers test_page test_halving test_report
SUITES := $(SLOW:%=$(BUILD)/tests/%) $(filter-out $(SLOW:%=$(BUILD)/tests/%), \
	$(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/test_*.c tests/faults/test_*.c)))
CPYTHON_SUITES := $(if $(PYTHON),$(patsubst tests/cpython/%.c,$(BUILD)/tests/cpython/%,$(wildcard tests/cpython/test_*.c)))
FUZZ_TARGETS := $(shell sed -n 's/^FUZZ_TARGET.\([a-z]*\),.*/\1/p' fuzz/targets.def)
FUZZ_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out fuzz/entry.c,$(wildcard fuzz/*.c)))
FUZZ_PROGRAMS := $(addprefix $(BUILD)/fuzz-,$(FUZZ_TARGETS))
# Functions that fuzz/options.c takes the place of.
FUZZ_WRAP := -Wl,@fuzz/options.wrap
TEST_LIBRARIES := $(patsubst tests/data/%.c,$(BUILD)/tests/data/%.so,$(wildcard tests/data/*.c))
PROGRAMS := $(BUILD)/gcsweep $(BUILD)/gcsweep-worker $(BUILD)/gcsweep-worker-sites $(if $(PYTHON),$(BUILD)/gcsweep-worker-cpython)

.PHONY: all release bench self-check test report verify scale-check stress bugs fuzz fuzz-programs deps install clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAMS) $(BUILD)/plots $(BUILD)/share $(BUILD)/gcsweep.1
ifeq ($(PYTHON),)
	@echo "note: no libpython found (pkg-config python3-embed): the runtime cpython is left out; make deps installs it" >&2
endif

release:
	$(MAKE) CFLAGS="-O3 -flto=auto -g" BUILD="$(BUILD)" all

$(BUILD)/gcsweep: $(BUILD)/harness/cli/main.o $(BUILD)/libgcsweep.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)

$(BUILD)/gcsweep-worker: $(BUILD)/harness/worker/main.o $(BUILD)/libgcsweep.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

$(BUILD)/gcsweep-worker-cpython: $(CPYTHON_OBJECTS) $(BUILD)/libgcsweep.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs $(PYTHON)) -lm

$(BUILD)/gcsweep-worker-sites: $(SITES_OBJECTS) $(BUILD)/libgcsweep.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

$(BUILD)/libgcsweep.a: $(LIB_OBJECTS)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $^

$(BUILD)/cpython/%.o: %.c $(BUILD)/flags | $(BUILD)/version.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -DGCSWEEP_RUNTIME_CPYTHON $(PYTHON_CFLAGS) -c -o $@ $<

$(BUILD)/sites/%.o: %.c $(BUILD)/flags | $(BUILD)/version.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -DGCSWEEP_SITES -c -o $@ $<

$(BUILD)/debug-heap/%.o: %.c $(BUILD)/flags | $(BUILD)/version.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -DGCSWEEP_DEBUG_HEAP -c -o $@ $<

$(BUILD)/%.o: %.c $(BUILD)/flags | $(BUILD)/version.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Where a program that is not installed looks for its plot scripts and Python programs, wherever BUILD is.
$(BUILD)/plots $(BUILD)/share: | $(BUILD)/version.h
	$(Q)ln -sfn "$(abspath $(@F))" $@

$(BUILD)/gcsweep.1: $(BUILD)/gcsweep
	$(call say,MAN,$@)
	$(Q)$< man > $@

# Both are rewritten only when they change: a commit rebuilds little, other
# flags (release, CI=true) rebuild all.
# sudo make install is another user than the one who cloned: the version stays the same.
GIT := git -c safe.directory='*'
keep_if_same = if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/version.h: FORCE
	@mkdir -p $(@D)
	@commit=$$($(GIT) rev-parse --short HEAD 2>/dev/null || true); \
	printf '#define GCSWEEP_VERSION "%s%s"\n#define GCSWEEP_DATE "%s"\n' \
		'$(VERSION)' "$${commit:+-$$commit}$(if $(DEBUG_HEAP),+debug-heap)" \
		"$$($(GIT) log -1 --format=%cs 2>/dev/null || true)" > $@.new
	@$(keep_if_same)

$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(CC) $(ALL_CFLAGS)' > $@.new
	@$(keep_if_same)

# ---- Tests ----

test: all $(SUITES) $(CPYTHON_SUITES) $(TEST_LIBRARIES)
	@GCSWEEP_BUILD=$(abspath $(BUILD)) tests/run.sh $(SUITES) $(CPYTHON_SUITES)

$(BUILD)/tests/cpython/%: tests/cpython/%.c $(filter-out %/worker/main.o,$(CPYTHON_OBJECTS)) $(BUILD)/libgcsweep.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -DGCSWEEP_RUNTIME_CPYTHON $(PYTHON_CFLAGS) \
		$(LDFLAGS) -o $@ $(filter %.c %.o %.a,$^) -lcmocka $(shell pkg-config --libs $(PYTHON)) -lm

$(BUILD)/tests/test_debug_heap: tests/test_debug_heap.c $(DEBUG_HEAP_OBJECTS) $(BUILD)/libgcsweep.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -DGCSWEEP_DEBUG_HEAP $(LDFLAGS) -o $@ $(filter %.c %.o %.a,$^) -lcmocka $(HARNESS_LIBS)

# One program in two flavours, whose outputs are compared.
$(BUILD)/tests/cpython/test_same_program: | $(BUILD)/tests/random_program $(BUILD)/tests/cpython/random_program

$(BUILD)/tests/data/%.so: tests/data/%.c $(wildcard tests/data/*.h)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O2 -g $(WARNINGS) -fPIC -shared -o $@ $<

$(BUILD)/tests/%: tests/%.c $(BUILD)/libgcsweep.a | $(BUILD)/plots $(BUILD)/share
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(HARNESS_LIBS)

verify: all
	$(BUILD)/gcsweep verify
	$(BUILD)/gcsweep verify --pool
	$(BUILD)/gcsweep verify --random 2000 --seed 7

include tests/checks/checks.mk

scale-check: all $(BUILD)/tests/scale_store
	tests/scale_check.sh $(BUILD)

# Faults inside and out: mutation against the oracle, each request for memory failing once, then what the rest of a
# machine can do. Some of it takes minutes.
FAULT_SUITES := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/faults/test_*.c)) $(BUILD)/tests/test_out_of_memory
# A heap of a million objects is forked, checked and freed at each of its points.
LARGE_EXAMPLES := examples/a_chain_of_a_million_is_freed_flat.heap
stress: all $(FAULT_SUITES) $(TEST_LIBRARIES)
	$(BUILD)/gcsweep stress --seconds 30
	$(BUILD)/gcsweep stress --every-allocation
	$(BUILD)/gcsweep stress --every-allocation $(filter-out $(LARGE_EXAMPLES),$(wildcard examples/*.heap))
	$(BUILD)/gcsweep stress --every-allocation --points 100 $(LARGE_EXAMPLES)
	@GCSWEEP_BUILD=$(abspath $(BUILD)) GCSWEEP_FAULTS=all GCSWEEP_FAIL_POINTS=200 GCSWEEP_FIGURES=1 GCSWEEP_SUITE_SECONDS=3600 tests/run.sh $(FAULT_SUITES)

# Does stress find each of the deliberate bugs in tests/data/bugs?
bugs: $(BUILD)/gcsweep
	@GCSWEEP_BUILD=$(abspath $(BUILD)) tests/bugs.sh

# ---- Fuzzing ----

SECONDS ?= 60
FUZZ_CC ?= clang
FUZZ_CFLAGS ?= -O1 -g -Wno-unused-command-line-argument -Wno-unknown-warning-option -Wno-pedantic

# Every target in turn, for SECONDS each: a build of its own, by clang.
fuzz:
	@printf 'int LLVMFuzzerTestOneInput(void) { return 0; }' | \
		$(FUZZ_CC) -fsanitize=fuzzer -x c -o /dev/null - 2>/dev/null || \
		{ echo "make fuzz needs clang with libFuzzer (Debian: clang libclang-rt-dev)" >&2; exit 2; }
	@$(MAKE) --no-print-directory CC=$(FUZZ_CC) CFLAGS="$(FUZZ_CFLAGS)" SAN=fuzzer-no-link,address,undefined \
		BUILD=build-fuzz fuzz-programs
	@fuzz/run.sh build-fuzz $(SECONDS)

fuzz-programs: $(FUZZ_PROGRAMS)

$(FUZZ_PROGRAMS): $(BUILD)/fuzz-%: fuzz/entry.c $(FUZZ_OBJECTS) $(BUILD)/libgcsweep.a fuzz/options.wrap
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -DFUZZ_ENTRY=fuzz_$* $(LDFLAGS) $(FUZZ_WRAP) -o $@ $(filter %.c,$^) $(filter %.o,$^) $(filter %.a,$^) \
		$(HARNESS_LIBS)

# The inputs kept in fuzz/corpus, replayed.
$(BUILD)/tests/test_fuzz: LDFLAGS += $(FUZZ_WRAP)
$(BUILD)/tests/test_fuzz: $(FUZZ_OBJECTS) fuzz/options.wrap

# ---- The main job ----

bench: all
	$(BUILD)/gcsweep sweep --plan plans/bench$(if $(FULL),-full).json --out $(OUT)
	$(BUILD)/gcsweep recommend $(OUT) $(BUDGET) --hyperfine || test $$? -eq 1 # 1: nobody keeps the budget
	$(BUILD)/gcsweep report $(OUT)

# Twenty programs against themselves, one against itself slowed down by 3 %: some minutes on a quiet machine.
self-check: OUT = results/self-check-$(shell date +%Y%m%d-%H%M%S)
self-check: all $(BUILD)/tests/self_check
	@out=$(OUT); $(BUILD)/gcsweep sweep --plan plans/self-check.json --out $$out/same && \
		$(BUILD)/gcsweep sweep --plan plans/self-check-slower.json --out $$out/slower && \
		$(BUILD)/tests/self_check $$out/same $$out/slower

report: all
	$(BUILD)/gcsweep report $(OUT)

# ---- Set-up ----

# What install puts where below PREFIX, one FOLDER:FILE each; uninstall takes the same away.
INSTALLED = $(PROGRAMS:%=bin:%) $(patsubst %,share/gcsweep/plots:%,$(wildcard plots/*)) \
	$(patsubst %,share/gcsweep:%,$(wildcard share/*.py)) share/man/man1:$(BUILD)/gcsweep.1 \
	share/bash-completion/completions:share/completion/gcsweep share/zsh/site-functions:share/completion/_gcsweep \
	share/fish/vendor_completions.d:share/completion/gcsweep.fish \
	share/doc/gcsweep:README.md share/doc/gcsweep:LICENSE $(patsubst %,share/doc/gcsweep/examples:%,$(wildcard examples/*.heap))
OWN_FOLDERS := share/gcsweep/plots share/gcsweep share/doc/gcsweep/examples share/doc/gcsweep

install: all
	@set -e; for row in $(INSTALLED); do \
		case $$row in bin:*) mode=755 ;; *) mode=644 ;; esac; \
		install -D -m $$mode -t "$(DESTDIR)$(PREFIX)/$${row%%:*}" "$${row#*:}"; \
	done
	@echo 'installed into $(DESTDIR)$(PREFIX)'

uninstall:
	@for row in $(INSTALLED); do file=$${row#*:}; rm -f "$(DESTDIR)$(PREFIX)/$${row%%:*}/$${file##*/}"; done
	@for folder in $(OWN_FOLDERS); do rmdir "$(DESTDIR)$(PREFIX)/$$folder" 2>/dev/null || true; done

clean:
	rm -rf build build-*

help:
	@echo 'make            build $(BUILD)/gcsweep and its workers'
	@echo 'make deps       install the Debian packages that gcsweep needs'
	@echo 'make bench      sweep thresholds and allocators, end in a report (FULL=1: the long one; OUT=DIR)'
	@echo 'make report     write the report of OUT=DIR again'
	@echo 'make test       all tests (SAN=address,undefined: under sanitizers; DEBUG_HEAP=1: in the debug heap)'
	@echo 'make coverage   the lines that the tests run, folder by folder; fails below 90 % of core/, 80 % of harness/'
	@echo 'make tsan       the thread sanitizer over what has threads'
	@echo 'make memcheck   valgrind over a sample of tests and commands'
	@echo 'make analyze    clang-tidy over all sources'
	@echo 'make verify     the model against the real CPython, count by count'
	@echo 'make self-check  does gcsweep find what is there, and nothing else? A/A sweeps and a known slow-down'
	@echo 'make stress     random mutation, every allocation failing, 100 kills, full disks: faults inside and out'
	@echo 'make bugs       does stress find the deliberate bugs in tests/data/bugs?'
	@echo 'make fuzz       random inputs for every parser and reader, SECONDS=60 each; needs clang'
	@echo 'make scale-check  what report, recommend and compare take on 100,000 runs'
	@echo 'make release    build fully optimised'
	@echo 'make install    into PREFIX=$(PREFIX), below DESTDIR; make uninstall takes it away'
	@echo 'make clean      remove what was built; results stay'

-include $(LIB_OBJECTS:.o=.d) $(CPYTHON_OBJECTS:.o=.d) $(SITES_OBJECTS:.o=.d) $(DEBUG_HEAP_OBJECTS:.o=.d) $(MAINS:%.c=$(BUILD)/%.d) $(FUZZ_OBJECTS:.o=.d) $(wildcard $(BUILD)/tests/*.d $(BUILD)/tests/*/*.d)

endif
