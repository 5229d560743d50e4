/* record.c - an empty record, and giving one back. */
#include "harness/record/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void make_unknown(struct run_record *r, const struct record_field *field)
{
    char *member = (char *)r + field->offset;
    const uint64_t unknown = RECORD_UNKNOWN;
    const int64_t unknown_signed = RECORD_UNKNOWN_SIGNED;
    const double unknown_number = NAN;
    switch (field->kind) {
    case RECORD_KIND_U64:
    case RECORD_KIND_HEX:
        memcpy(member, &unknown, sizeof unknown);
        break;
    case RECORD_KIND_I64:
    case RECORD_KIND_MAYBE:
        memcpy(member, &unknown_signed, sizeof unknown_signed);
        break;
    case RECORD_KIND_F64:
        memcpy(member, &unknown_number, sizeof unknown_number);
        break;
    case RECORD_KIND_TEXT:
    case RECORD_KIND_BOOL:
        break; /* empty and false: the zeroes that are there already */
    }
}

void record_clear(struct run_record *r)
{
    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < record_field_count; i++)
        make_unknown(r, &record_fields[i]);
    r->schema = RECORD_SCHEMA;
}

static void free_histogram(struct record_histogram *h)
{
    free(h->bucket);
    *h = (struct record_histogram){0};
}

void record_free(struct run_record *r)
{
    for (size_t i = 0; i < RECORD_PAUSE_KINDS; i++)
        free_histogram(&r->pauses[i]);
    free_histogram(&r->requests);
    free_histogram(&r->metered);
    free_histogram(&r->metered_100ms);
    free_histogram(&r->noise);
    free(r->longest);
    free(r->samples);
    free(r->floating);
    free(r->mmu);
    free(r->bmu);
    r->longest = NULL;
    r->samples = NULL;
    r->floating = NULL;
    r->mmu = r->bmu = NULL;
    r->longest_count = r->sample_count = r->floating_count = r->mmu_count = r->bmu_count = 0;
}
