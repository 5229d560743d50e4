/* front_svg.h - the Pareto picture inside the page: a point a configuration, its figures as the point's title.
 *
 * Longest pause over peak memory; colour and symbol are those of the other
 * pictures (series.h). The script of the page shows the titles as tooltips and
 * lets arrow keys go from point to point; without it the browser shows them.
 */
#ifndef GCSWEEP_FRONT_SVG_H
#define GCSWEEP_FRONT_SVG_H

#include <stdio.h>

#include "harness/report/selection.h"

/* The `svg` element and its legend. False, and nothing written, when no configuration has a place in it. */
bool write_front_svg(const struct summary *s, const struct subject *subject, const struct selection *selection,
                     FILE *f);

#endif
