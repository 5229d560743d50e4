/* store.c - a results file that may be anything: loaded with all its runs, or refused in one line. */
#include "fuzz/target.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/store/store.h"

static void read_runs(const struct result_set *results)
{
    struct whole_run whole;

    for (size_t i = 0; i < results->run_count; i++)
        if (whole_run_read(results, &results->runs[i], &whole) == 0)
            whole_run_free(&whole);
        else
            fuzz_expect_one_line(result_set_error(results));
}

void fuzz_store(const uint8_t *bytes, size_t count)
{
    struct result_set results;
    char error[1024] = "";

    fuzz_write_file(STORE_FILE, bytes, count);
    if (store_load(fuzz_scratch(), &results, error, sizeof error) == 0) {
        fuzz_expect(results.plan && results.environment, "a plan and an environment");
        read_runs(&results);
        result_set_free(&results);
    } else {
        fuzz_expect_one_line(error);
        fuzz_expect(results.run_count == 0 && !results.runs, "nothing held after a refusal");
    }
    fuzz_remove(STORE_FILE);
    fuzz_remove(STORE_FILE "-wal");
    fuzz_remove(STORE_FILE "-shm");
    fuzz_remove(STORE_FILE "-journal");
}
