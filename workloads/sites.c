/* sites.c - two tables: sites by file and line, blocks by address. */
#include "workloads/sites.h"

#include "core/memory.h"
#include "workloads/block_table.h"

struct site_table {
    struct site *at;
    uint32_t *bucket; /* 2 * room of them, open addressing; 0: empty, else site + 1 */
    size_t room, used;
};

struct sites {
    struct memory_observer observer;
    struct block_table blocks; /* tagged with their sites */
    struct site_table sites;
    uint32_t *changed; /* sites whose live count differs from their peak's copy; as many as sites.room */
    size_t changed_count;
    uint32_t current;
    bool by_statement, failed;
    bool at_peak; /* the moment is the highest so far, and not yet copied */
    struct site_count live, peak;
};

enum { FIRST_SITES = 1 << 10 };

static size_t mix(uint64_t x)
{
    x *= UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(x >> 29);
}

/* ---- Sites ---- */

static uint32_t *find_site(const struct site_table *t, const char *file, uint32_t line)
{
    size_t mask = 2 * t->room - 1;
    size_t i = mix((uintptr_t)file ^ ((uint64_t)line << 32)) & mask;
    while (t->bucket[i] != 0 && (t->at[t->bucket[i] - 1].file != file || t->at[t->bucket[i] - 1].line != line))
        i = (i + 1) & mask;
    return &t->bucket[i];
}

static bool grow_sites(struct sites *s)
{
    struct site_table *t = &s->sites;
    size_t room = t->room ? 2 * t->room : FIRST_SITES;
    struct site_table grown = {.at = map_room(room, sizeof *t->at),
                               .bucket = map_room(2 * room, sizeof *t->bucket),
                               .room = room,
                               .used = t->used};
    uint32_t *changed = map_room(room, sizeof *changed);
    if (!grown.at || !grown.bucket || !changed) {
        unmap_room(grown.at, room, sizeof *t->at);
        unmap_room(grown.bucket, 2 * room, sizeof *t->bucket);
        unmap_room(changed, room, sizeof *changed);
        return false;
    }
    for (size_t i = 0; i < t->used; i++) {
        grown.at[i] = t->at[i];
        *find_site(&grown, t->at[i].file, t->at[i].line) = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < s->changed_count; i++)
        changed[i] = s->changed[i];
    unmap_room(t->at, t->room, sizeof *t->at);
    unmap_room(t->bucket, 2 * t->room, sizeof *t->bucket);
    unmap_room(s->changed, t->room, sizeof *changed);
    *t = grown;
    s->changed = changed;
    return true;
}

static void enter_site(struct sites *s, const char *file, uint32_t line)
{
    uint32_t *bucket = find_site(&s->sites, file, line);
    if (*bucket == 0) {
        if (s->sites.used == s->sites.room) {
            if (!grow_sites(s)) {
                s->failed = true;
                return;
            }
            bucket = find_site(&s->sites, file, line);
        }
        s->sites.at[s->sites.used] = (struct site){.file = file, .line = line};
        *bucket = (uint32_t)++s->sites.used;
    }
    s->current = *bucket - 1;
}

void sites_at(struct sites *s, const char *file, uint32_t line)
{
    const struct site *current = &s->sites.at[s->current];
    if (!s->by_statement && !s->failed && (current->file != file || current->line != line))
        enter_site(s, file, line);
}

void sites_at_statement(struct sites *s, const char *file, uint32_t line)
{
    s->by_statement = false;
    sites_at(s, file, line);
    s->by_statement = true;
}

/* ---- Counting ---- */

static void copy_peak(struct sites *s)
{
    while (s->changed_count > 0) {
        struct site *site = &s->sites.at[s->changed[--s->changed_count]];
        site->peak = site->live;
        site->changed = false;
    }
    s->at_peak = false;
}

/* Before a site's live count changes. */
static struct site *touch(struct sites *s, uint32_t index)
{
    struct site *site = &s->sites.at[index];
    if (!site->changed) {
        site->changed = true;
        s->changed[s->changed_count++] = index;
    }
    return site;
}

static void take_off(struct sites *s, const struct block *b)
{
    if (s->at_peak)
        copy_peak(s);
    struct site *site = touch(s, (uint32_t)b->tag);
    site->live.bytes -= b->bytes;
    site->live.blocks--;
}

static struct site *put_on(struct sites *s, const struct block *b)
{
    struct site *site = touch(s, (uint32_t)b->tag);
    site->live.bytes += b->bytes;
    site->live.blocks++;
    return site;
}

static void see_allocated(void *context, void *block, size_t bytes)
{
    struct sites *s = context;
    if (s->failed)
        return;
    if (block_table_add(&s->blocks, block, s->current, bytes) != 0) {
        s->failed = true;
        return;
    }
    struct site *site = put_on(s, find_block(&s->blocks, block));
    site->allocated.bytes += bytes;
    site->allocated.blocks++;
    s->live.bytes += bytes;
    s->live.blocks++;
    if (s->live.bytes > s->peak.bytes) {
        s->peak = s->live;
        s->at_peak = true;
    }
}

static void see_released(void *context, void *block)
{
    struct sites *s = context;
    struct block *b = find_block(&s->blocks, block);
    if (s->failed || !b)
        return;
    take_off(s, b);
    s->live.bytes -= b->bytes;
    s->live.blocks--;
    block_table_remove(&s->blocks, b);
}

void sites_claim(struct sites *s, const void *block)
{
    struct block *b = find_block(&s->blocks, block);
    if (s->failed || !b || b->tag == s->current)
        return;
    take_off(s, b);
    b->tag = s->current;
    put_on(s, b);
}

/* ---- Life ---- */

struct sites *sites_open(void)
{
    struct sites *s = map_room(1, sizeof *s);
    if (!s)
        return NULL;
    s->observer = (struct memory_observer){.allocated = see_allocated, .released = see_released, .context = s};
    if (block_table_open(&s->blocks) != 0 || !grow_sites(s)) {
        sites_close(s);
        return NULL;
    }
    enter_site(s, NULL, 0);
    return s;
}

void sites_close(struct sites *s)
{
    block_table_close(&s->blocks);
    unmap_room(s->sites.at, s->sites.room, sizeof *s->sites.at);
    unmap_room(s->sites.bucket, 2 * s->sites.room, sizeof *s->sites.bucket);
    unmap_room(s->changed, s->sites.room, sizeof *s->changed);
    unmap_room(s, 1, sizeof *s);
}

const struct memory_observer *sites_observer(const struct sites *s)
{
    return &s->observer;
}

struct site_count sites_peak(struct sites *s)
{
    if (s->at_peak)
        copy_peak(s);
    return s->peak;
}

bool sites_failed(const struct sites *s)
{
    return s->failed;
}

const struct site *sites_all(struct sites *s, size_t *count)
{
    sites_peak(s);
    *count = s->sites.used;
    return s->sites.at;
}
