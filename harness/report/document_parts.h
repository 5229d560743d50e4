/* document_parts.h - what the parts of a document share: the report, where it goes, and how. */
#ifndef GCSWEEP_DOCUMENT_PARTS_H
#define GCSWEEP_DOCUMENT_PARTS_H

#include "harness/analysis/findings.h"
#include "harness/report/document.h"

struct writing {
    const struct report *report;
    const struct document_format *format;
    FILE *f;
    size_t rows_most; /* of a table with a row a configuration */
};

void write_findings(struct writing *w, const struct findings *findings);
/* 0, or -1 without memory. */
int write_subject(struct writing *w, const struct subject *subject);

/* Runs that failed, runs that the machine disturbed, the machine, the files, the commands, the method. */
int write_facts(struct writing *w);

#endif
