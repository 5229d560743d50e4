/* measures.h - the numbers of a run that settings are compared by.
 *
 * Units    the measure's name says: ns, bytes, operations a second, a share
 *          from 0 to 1, or a plain count.
 * Unknown  NaN. Pauses of a run that never collected are 0: the program never
 *          stood still, which is known.
 */
#ifndef GCSWEEP_MEASURES_H
#define GCSWEEP_MEASURES_H

#include <stdbool.h>

#include "harness/analysis/statistics.h"
#include "harness/record/record.h"

enum measure {
    MEASURE_WALL_NS,
    MEASURE_THROUGHPUT, /* operations a second of wall_ns */
    MEASURE_GC_NS,
    MEASURE_GC_SHARE, /* of wall_ns */
    MEASURE_PAUSE_COUNT,
    MEASURE_PAUSE_P50_NS,
    MEASURE_PAUSE_P99_NS, /* the longest pause when there are fewer than MEASURE_P99_LEAST */
    MEASURE_PAUSE_MAX_NS,
    MEASURE_RSS_PEAK_BYTES,
    MEASURE_RSS_GROWTH_BYTES, /* peak minus baseline */
    MEASURE_COLLECTIONS_0,
    MEASURE_COLLECTIONS_1,
    MEASURE_COLLECTIONS_2,
    MEASURE_REQUEST_P99_NS, /* the slowest request when there are fewer than MEASURE_P99_LEAST */
    MEASURE_REQUEST_MAX_NS,
    MEASURE_METERED_P99_NS, /* over the whole run, or from the planned starts of a paced one; else as above */
    MEASURE_METERED_P999_NS,
    MEASURE_MMU_10MS, /* minimum mutator utilization of windows of 10 ms; unknown of shorter runs */
    MEASURES
};

/* With fewer samples the 99th percentile is the greatest value. */
enum { MEASURE_P99_LEAST = 100 };

/* "wall_ns", "throughput_per_s": with the unit, for column headers. */
extern const char *const measure_names[MEASURES];

/* How people say it: "faster" and "slower" of a time, "shorter" of a pause, "less" of memory; "equivalent", "not
 * resolved", "-". */
const char *verdict_word(enum measure measure, enum verdict verdict);

double measure_of(const struct run_record *run, enum measure measure);
/* Of windows of exactly that length; NaN where the run's curve has none, or is not read (whole_run_read). */
double mmu_of(const struct run_record *run, uint64_t window_ns);
bool run_is_ok(const struct run_record *run);
/* Whether a paced run's requests began as fast as was asked: at least 99 % of
 * the rate; true of any other run. */
bool run_kept_its_rate(const struct run_record *run);

#endif
