/* hyperfine_section.h - the report's table of whole processes: hyperfine's ratios beside the sweep's own.
 *
 * A difference above 5 % is a warning in front of the table.
 */
#ifndef GCSWEEP_HYPERFINE_SECTION_H
#define GCSWEEP_HYPERFINE_SECTION_H

#include "harness/analysis/hyperfine.h"
#include "harness/report/document.h"

void write_hyperfine_section(const struct hyperfine_rows *rows, const struct document_format *format, FILE *f);

#endif
