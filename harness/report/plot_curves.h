/* plot_curves.h - pictures with one curve a tuning, as TSV files: one block a
 * curve, of the subject's baseline allocator.
 *
 * Blocks begin with a header whose second field names the tuning; units are
 * those that each script's comment names. `styles` gets the style numbers of
 * the blocks and holds PLOT_STYLES_BYTES.
 *
 * Errors  the number of blocks written, -1: result_set_error says why.
 */
#ifndef GCSWEEP_PLOT_CURVES_H
#define GCSWEEP_PLOT_CURVES_H

#include "harness/report/plot_block.h"

typedef int curve_writer(const struct summary *, const struct subject *, const struct series *, FILE *, char *styles);

curve_writer write_pause_curves, write_rss_curves, write_latency_curves, write_utilization_curves,
    write_floating_curves;

/* The longest full collections of the runs whose memory is drawn, on their
 * curves: the same blocks in the same order. */
enum { PLOT_MARKS = 40 };
curve_writer write_collection_marks;

#endif
