/* session.c - one stream of requests under way. */
#include "harness/worker/pool/session.h"

#include <inttypes.h>
#include <string.h>

#include "harness/worker/pool/streams.h"

/* ---- Readings ---- */

static void write_arenas_and_bytes(const struct pool_statistics *p, FILE *out)
{
    const struct {
        const char *name;
        uint64_t value;
    } words[] = {
        {"arenas_allocated", p->arenas_allocated},
        {"arenas_reclaimed", p->arenas_reclaimed},
        {"arenas_highwater", p->arenas_highwater},
        {"arenas_now", p->arenas_now},
        {"pools_used", p->pools_used},
        {"pools_unused", p->pools_unused},
        {"bytes_in_blocks", p->bytes_in_blocks},
        {"bytes_available", p->bytes_available},
        {"bytes_in_unused_pools", p->bytes_in_unused_pools},
        {"bytes_in_headers", p->bytes_in_headers},
        {"bytes_quantization", p->bytes_quantization},
        {"bytes_alignment", p->bytes_alignment},
        {"bytes_total", p->bytes_total},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        fprintf(out, " %s=%" PRIu64, words[i].name, words[i].value);
}

static void write_classes(const struct pool_statistics *p, FILE *out)
{
    for (uint32_t i = 0; i < POOL_CLASSES; i++)
        fprintf(out, " %zu.pools=%" PRIu64 " %zu.in_use=%" PRIu64 " %zu.available=%" PRIu64, pool_class_bytes(i),
                p->size_class[i].pools, pool_class_bytes(i), p->size_class[i].blocks_in_use, pool_class_bytes(i),
                p->size_class[i].blocks_available);
}

static void read_counters(struct pool_session *s)
{
    struct pool_reading now = {0};
    if (!s->server.read(s->server.context, &now)) {
        s->unread = true;
        return;
    }
    fprintf(s->out, "request=%" PRIu64 " blocks=%" PRIu64, s->requests, now.blocks);
    write_arenas_and_bytes(&now.pools, s->out);
    write_classes(&now.pools, s->out);
    fprintf(s->out, " damaged=%" PRIu64 " places=%016" PRIx64 "\n", s->damaged, s->places);
}

static void count_request(struct pool_session *s, uint64_t place)
{
    s->places = (random_rotate(s->places, 5) ^ place) * UINT64_C(0x9E3779B97F4A7C15);
    if (++s->requests % SESSION_INTERVAL == 0)
        read_counters(s);
}

/* ---- Blocks ---- */

static void mark(struct pool_session *s, struct session_slot *at, unsigned char *block, size_t bytes)
{
    *at = (struct session_slot){.block = block, .bytes = bytes, .mark = (unsigned char)s->requests};
    if (!block || bytes == 0)
        return;
    block[0] = at->mark;
    block[bytes - 1] = at->mark;
}

/* Counts a block as damaged when the ends of its first `bytes` are not as they were marked. */
static void check(struct pool_session *s, const struct session_slot *at, const unsigned char *block, size_t bytes)
{
    if (bytes == 0)
        return;
    bool whole = bytes == at->bytes;
    s->damaged += block[0] != at->mark || (whole && block[bytes - 1] != at->mark);
}

void session_empty(struct pool_session *s, size_t slot)
{
    struct session_slot *at = &s->slot[slot];
    if (!at->block)
        return;
    check(s, at, at->block, at->bytes);
    s->server.release(s->server.context, at->block);
    at->block = NULL;
    count_request(s, 0);
}

void session_fill(struct pool_session *s, size_t slot, size_t bytes)
{
    session_empty(s, slot);
    mark(s, &s->slot[slot], s->server.alloc(s->server.context, bytes), bytes);
    count_request(s, arena_region_place(s->region, s->slot[slot].block));
}

void session_resize(struct pool_session *s, size_t slot, size_t bytes)
{
    struct session_slot *at = &s->slot[slot];
    unsigned char *block = s->server.resize(s->server.context, at->block, bytes);
    if (block && at->block)
        check(s, at, block, bytes < at->bytes ? bytes : at->bytes);
    if (block)
        mark(s, at, block, bytes);
    count_request(s, arena_region_place(s->region, block));
}

/* ---- The whole ---- */

int pool_session_run(struct pool_session *s, const struct pool_server *server, const struct arena_region *region,
                     const struct pool_stream *stream, uint64_t seed, FILE *out)
{
    memset(s, 0, sizeof *s);
    s->server = *server;
    s->region = region;
    s->out = out;
    s->most = stream->requests;
    random_seed(&s->random, seed);
    stream->run(s);
    for (size_t i = 0; i < SESSION_SLOTS; i++)
        session_empty(s, i);
    read_counters(s);
    server->close(server->context);
    return s->unread ? -1 : 0;
}
