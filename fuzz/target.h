/* target.h - what a fuzz target is: one function that takes any bytes.
 *
 * To add one: write fuzz/NAME.c with a fuzz_target, add one row to
 * targets.def and at least one input to fuzz/corpus/NAME/. `make fuzz` builds
 * and runs it under libFuzzer; `make test` replays its corpus (tests/test_fuzz.c).
 *
 * Contract  any bytes at all: the same bytes do the same. Nothing is written
 *           outside of the scratch folder, nothing is held afterwards, no
 *           process is started.
 * Finding   a crash, a sanitizer's report, or fuzz_expect of what is not so.
 */
#ifndef GCSWEEP_FUZZ_TARGET_H
#define GCSWEEP_FUZZ_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void fuzz_target(const uint8_t *bytes, size_t count);

#define FUZZ_TARGET(name, most_bytes) fuzz_target fuzz_##name;
#include "fuzz/targets.def"
#undef FUZZ_TARGET

/* Aborts, with what was expected on standard error, when it is not so. */
void fuzz_expect(bool holds, const char *what);
/* For messages to a user: one line, not empty, without control characters. */
void fuzz_expect_one_line(const char *message);

/* A folder of this process in memory (or below TMPDIR), for targets that read
 * files; it goes when the process ends. */
const char *fuzz_scratch(void);
/* SCRATCH/NAME as a file that holds the bytes. */
void fuzz_write_file(const char *name, const uint8_t *bytes, size_t count);
/* Removes all that is in SCRATCH/NAME, itself too. */
void fuzz_remove(const char *name);

#endif
