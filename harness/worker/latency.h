/* latency.h - how long requests took, and how long their clients waited.
 *
 * A request starts when the one before ends, the first one at 0. For request i
 * with start s[i] and end e[i]:
 *
 * Simple     e[i] - s[i].
 * Metered    a client sends its request whether or not the program stands
 *            still. So each request gets a synthetic start, as if the requests
 *            around it had come evenly: with a the first one that starts at or
 *            after s[i] - window/2, and b the first at or after s[i] + window/2
 *            (or the last one of all),
 *
 *                synthetic = s[a] + (i - a) * (s[b] - s[a]) / (b - a)
 *
 *            and the latency is the larger of e[i] - s[i] and e[i] - synthetic.
 *            A window of LATENCY_WHOLE_RUN spreads all requests evenly.
 * Paced      the planned starts are known (pace.h): simple latency counts from
 *            the later of plan and the end before, metered latency from the
 *            plan.
 *
 * Worked example: ends at 10, 120, 130, 140 ns, the second request holding a
 * pause. Starts are 0, 10, 120, 130, synthetic ones over the whole run 0, 43,
 * 86, 130. Simple latencies are 10, 110, 10, 10; metered ones 10, 110, 44, 10:
 * the third one's client had waited since 86.
 *
 * Units    ns since the region's start.
 * Source   DaCapo Chopin, LatencyReporter: smoothed start times.
 */
#ifndef GCSWEEP_LATENCY_H
#define GCSWEEP_LATENCY_H

#include <stdbool.h>

#include "harness/record/histogram.h"
#include "harness/worker/log.h"
#include "workloads/pace.h"

#define LATENCY_WHOLE_RUN UINT64_MAX
#define LATENCY_WINDOW_NS UINT64_C(100000000)

/* `ends`: a flushed log of uint64_t, none before the one in front of it. Each
 * adds to an open histogram; false when the log cannot be read. */
bool latency_simple(const struct log *ends, struct histogram *out);
bool latency_metered(const struct log *ends, uint64_t window_ns, struct histogram *out);
/* Of a paced run; `pace` in the time of the log: its origin since the region's
 * start. */
bool latency_paced(const struct log *ends, const struct pace *pace, struct histogram *simple,
                   struct histogram *metered);

#endif
