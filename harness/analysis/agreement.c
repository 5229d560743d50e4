#include "harness/analysis/agreement.h"

#include <stdlib.h>
#include <string.h>

#include "harness/analysis/summary.h"

static int compare_checksums(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static size_t collect_checksums(const struct summary *s, const struct subject *subject, uint64_t *out, size_t count)
{
    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        const struct configuration *c = &s->configurations[i];
        for (size_t k = 0; k < c->run_count + c->twin_count; k++) {
            const struct run_record *run = k < c->run_count ? c->runs[k] : c->twins[k - c->run_count];
            if (run_is_ok(run) && run->checksum != RECORD_UNKNOWN)
                out[count++] = run->checksum;
        }
    }
    return count;
}

/* The checksum of more than half; false when there is none. */
static bool find_majority(uint64_t *checksums, size_t count, uint64_t *out)
{
    if (count == 0)
        return false;
    qsort(checksums, count, sizeof *checksums, compare_checksums);
    *out = checksums[count / 2];
    size_t same = 0;
    for (size_t i = 0; i < count; i++)
        same += checksums[i] == *out;
    return same > count / 2;
}

static void mark_subject(struct summary *s, struct subject *subject, bool found, uint64_t checksum, size_t known)
{
    subject->has_checksum = found;
    subject->checksum = found ? checksum : RECORD_UNKNOWN;
    subject->checksums_agree = true;
    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        struct configuration *c = &s->configurations[i];
        for (size_t k = 0; k < c->run_count + c->twin_count; k++) {
            const struct run_record *run = k < c->run_count ? c->runs[k] : c->twins[k - c->run_count];
            if (run_is_ok(run) && known > 0 && (!found || run->checksum != checksum))
                c->checksum_differs = true;
        }
        if (c->checksum_differs)
            subject->checksums_agree = false;
    }
}

int find_agreement(struct summary *s)
{
    uint64_t *checksums = malloc((s->results->run_count + 1) * sizeof *checksums);

    if (checksums == NULL)
        return -1;
    /* Subjects that differ in the runtime alone stand side by side. */
    for (size_t first = 0, end; first < s->subject_count; first = end) {
        size_t known = 0;
        uint64_t checksum = RECORD_UNKNOWN;
        for (end = first; end < s->subject_count && strcmp(s->subjects[first].label, s->subjects[end].label) == 0;
             end++)
            known = collect_checksums(s, &s->subjects[end], checksums, known);
        bool found = find_majority(checksums, known, &checksum);
        for (size_t i = first; i < end; i++)
            mark_subject(s, &s->subjects[i], found, checksum, known);
    }
    free(checksums);
    return 0;
}
