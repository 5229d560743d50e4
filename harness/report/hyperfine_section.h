/* hyperfine_section.h - the report's table of whole processes: hyperfine's ratios beside the sweep's own.
 *
 * Written only where the results folder holds hyperfine's figures; a
 * difference above 5 % is a warning in front of the table.
 *
 * Errors   0, or -1 without memory. A file that cannot be read is a warning.
 */
#ifndef GCSWEEP_HYPERFINE_SECTION_H
#define GCSWEEP_HYPERFINE_SECTION_H

#include "harness/report/document.h"

int write_hyperfine_section(const struct report *report, const struct document_format *format, FILE *f);

#endif
