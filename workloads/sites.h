/* sites.h - memory by the line that asked for it, as tracemalloc counts it.
 *
 *     struct sites *s = sites_open();
 *     memory_observe(&mutator_heap(m)->memory, sites_observer(s));
 *     m->sites = s;
 *     ... run ...
 *     sites_each(s, print_site, out);
 *     sites_close(s);
 *
 * Only in the worker that looks at sites: a third flavour of the workloads, in
 * which each call of mutator.h that allocates notes its file and line first
 * (mutator_sites.h). Measured runs know nothing of it.
 *
 * Site      a file and a line; site 0 is what runs before the first one.
 * Live      blocks that were not given back, by the bytes asked for. A block
 *           that lies in a free list is live; when it is taken from there it
 *           counts for the site that took it, but is not allocated again.
 * Peak      the first moment with the most live bytes: exact. What each site
 *           held then is copied when something changes after a new peak, of
 *           only those sites that changed since the last copy: O(1) a call.
 * Ownership memory from mmap, so that the allocator under test serves the
 *           workload alone. Files' names are kept as pointers.
 * Errors    without memory it ends the counting: sites_failed.
 * Threads   none.
 * Source    CPython 3.11 Modules/_tracemalloc.c for what is counted; differs:
 *           one frame a block, the peak is kept by site.
 */
#ifndef GCSWEEP_SITES_H
#define GCSWEEP_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct memory_observer;
struct sites;

struct site_count {
    uint64_t bytes, blocks;
};

struct site {
    const char *file; /* NULL: site 0 */
    uint32_t line;
    bool changed;
    struct site_count live, peak, allocated; /* now, at the peak, in all */
};

/* NULL without memory. */
struct sites *sites_open(void);
void sites_close(struct sites *s);
const struct memory_observer *sites_observer(const struct sites *s);

/* What is allocated from here on counts for this line. */
void sites_at(struct sites *s, const char *file, uint32_t line);
/* The same for an interpreter, which speaks of its script's lines: from the first call on sites_at does nothing. */
void sites_at_statement(struct sites *s, const char *file, uint32_t line);
/* The block, when it is one that was seen, counts for the current site. */
void sites_claim(struct sites *s, const void *block);

/* Not asked for during the run: it closes the peak. */
struct site_count sites_peak(struct sites *s);
bool sites_failed(const struct sites *s);
/* All sites, in the order first seen: lent until sites_close. */
const struct site *sites_all(struct sites *s, size_t *count);

#endif
