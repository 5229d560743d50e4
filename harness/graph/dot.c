/* dot.c - the picture: names, boxes, arrows. */
#include "harness/graph/dot.h"

#include <inttypes.h>
#include <stdlib.h>

#include "harness/graph/dot_text.h"
#include "harness/graph/references.h"

enum {
    MOST_INLINE = 4,   /* shared atoms written into what refers to them; the others are counted */
    MOST_PARALLEL = 3, /* arrows from one object to the same other one */
};

struct writer {
    const struct graph *g;
    const struct graph_picture *picture;
    FILE *out;
    size_t reachable, garbage; /* how many of each are drawn */
    uint32_t from;             /* the object being written */
    size_t inlined, left_out;  /* of its references: to shared atoms, to objects that are not drawn */
    uint32_t *held;            /* how often it refers to each node */
    uint32_t *target;          /* the nodes whose `held` is not 0 */
    size_t targets;
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void choose_drawn(struct writer *w)
{
    size_t most = w->picture->most, garbage = w->g->count - w->g->reachable;
    size_t room = w->g->reachable < most ? most - w->g->reachable : 0;
    w->garbage = smaller(garbage, room > most / 2 ? room : most / 2);
    w->reachable = smaller(w->g->reachable, most - w->garbage);
}

static bool is_drawn(const struct writer *w, uint32_t node)
{
    return node < w->reachable || (node >= w->g->reachable && node - w->g->reachable < w->garbage);
}

/* ---- Boxes ---- */

static void begin_note(struct writer *w)
{
    fputs("<BR/><FONT POINT-SIZE=\"9\" COLOR=\"#6b7280\">", w->out);
}

static void end_note(struct writer *w)
{
    fputs("</FONT>", w->out);
}

static void note(struct writer *w, const char *text)
{
    begin_note(w);
    fputs(text, w->out);
    end_note(w);
}

/* A reference as a line of the box: to a shared atom, or to what is not drawn. */
static void write_inline(void *context, const char *label, bool weak, value target)
{
    struct writer *w = context;
    if (!value_is_shared(w->g->mutator, target)) {
        uint32_t node = graph_find(w->g, target);
        w->left_out += !weak && (node == GRAPH_NONE || !is_drawn(w, node));
        return;
    }
    if (w->inlined++ >= MOST_INLINE)
        return;
    begin_note(w);
    dot_write_html(w->out, label);
    fputc(' ', w->out);
    dot_write_atom(w->out, target);
    end_note(w);
}

static void write_state(struct writer *w, value object)
{
    if (object_is_collectable(object) && !object_is_tracked(object))
        note(w, "untracked");
    if (object_is_finalized(object))
        note(w, "finalized");
    if (value_kind(object) == VALUE_WEAKREF && !value_deref(object))
        note(w, "dead");
}

static void write_label(struct writer *w, value object)
{
    bool atom = dot_is_atom(object);
    if (!atom)
        fputs("<B>", w->out);
    dot_write_atom(w->out, object);
    if (!atom)
        fputs("</B>", w->out);
    begin_note(w);
    fprintf(w->out, "refcount %" PRIdPTR, value_references(object));
    end_note(w);
    write_state(w, object);

    w->inlined = w->left_out = 0;
    graph_each_reference(object, write_inline, w);
    if (w->inlined > MOST_INLINE) {
        begin_note(w);
        fprintf(w->out, "and %zu more", w->inlined - MOST_INLINE);
        end_note(w);
    }
    if (w->left_out > 0) {
        begin_note(w);
        fprintf(w->out, "%zu not drawn", w->left_out);
        end_note(w);
    }
}

static void write_node(struct writer *w, uint32_t node)
{
    value object = w->g->node[node].object;
    bool garbage = graph_is_garbage(w->g, node);
    fprintf(w->out, "  n%" PRIu32 " [label=<", node);
    write_label(w, object);
    fputs(">", w->out);
    if (garbage)
        fputs(", fillcolor=\"#fbe1d8\", color=\"#c2452d\"", w->out);
    else if (dot_is_atom(object))
        fputs(", fillcolor=\"#f6f6f3\", color=\"#b4b4a8\"", w->out);
    if (dot_is_atom(object))
        fputs(", fontsize=10, margin=\"0.08,0.03\"", w->out);
    fputs("];\n", w->out);
}

static void write_cycle(struct writer *w, uint32_t first)
{
    const struct graph *g = w->g;
    uint32_t cycle = g->node[first].cycle;
    fprintf(w->out, "  subgraph cluster_cycle_%" PRIu32 " {\n  label=\"garbage cycle", cycle);
    if (g->cycles > 1)
        fprintf(w->out, " %" PRIu32, cycle);
    fputs("\"; style=\"rounded,dashed\"; color=\"#c2452d\"; fontcolor=\"#c2452d\"; fontsize=10; margin=12; labelloc=t; "
          "labeljust=l;\n",
          w->out);
    for (uint32_t i = first; i < g->reachable + w->garbage; i++)
        if (g->node[i].cycle == cycle)
            write_node(w, i);
    fputs("  }\n", w->out);
}

static bool is_first_of_its_cycle(const struct graph *g, uint32_t node)
{
    for (size_t i = g->reachable; i < node; i++)
        if (g->node[i].cycle == g->node[node].cycle)
            return false;
    return true;
}

static void write_nodes(struct writer *w)
{
    const struct graph *g = w->g;
    for (uint32_t i = 0; i < w->reachable; i++)
        write_node(w, i);
    for (uint32_t i = (uint32_t)g->reachable; i < g->reachable + w->garbage; i++) {
        if (g->node[i].cycle == 0)
            write_node(w, i);
        else if (is_first_of_its_cycle(g, i))
            write_cycle(w, i);
    }
}

/* ---- Names ---- */

static void write_root(struct writer *w, size_t i)
{
    const struct graph_root *root = &w->picture->root[i];
    fprintf(w->out, "    r%zu [label=<", i);
    dot_write_html(w->out, root->name);
    if (root->frame > 0)
        fprintf(w->out, "<BR/><FONT POINT-SIZE=\"8\">frame %u</FONT>", root->frame);
    if (value_is_shared(w->g->mutator, root->object)) {
        fputs("<BR/><FONT POINT-SIZE=\"9\" COLOR=\"#cbd5e1\">", w->out);
        dot_write_atom(w->out, root->object);
        fputs("</FONT>", w->out);
    }
    fputs(">];\n", w->out);
}

static void write_roots(struct writer *w)
{
    fputs("  subgraph names {\n    rank=same;\n"
          "    node [shape=box, style=\"filled\", fillcolor=\"#27364f\", color=\"#27364f\", fontcolor=\"white\", "
          "height=0.3, margin=\"0.12,0.04\"];\n",
          w->out);
    for (size_t i = 0; i < w->picture->root_count; i++)
        write_root(w, i);
    fputs("  }\n", w->out);
    for (size_t i = 0; i < w->picture->root_count; i++) {
        uint32_t node = graph_find(w->g, w->picture->root[i].object);
        if (node != GRAPH_NONE && is_drawn(w, node))
            fprintf(w->out, "  r%zu -> n%" PRIu32 " [color=\"#27364f\"];\n", i, node);
    }
    /* Garbage hangs below the names, too. */
    for (size_t i = w->g->reachable; w->picture->root_count > 0 && i < w->g->reachable + w->garbage; i++)
        fprintf(w->out, "  r%zu -> n%zu [style=invis, weight=0];\n", w->picture->root_count - 1, i);
}

/* ---- Arrows ---- */

static void write_arrow(struct writer *w, uint32_t to, const char *label, bool weak)
{
    const struct graph_node *node = w->g->node;
    fprintf(w->out, "  n%" PRIu32 " -> n%" PRIu32 " [label=\" ", w->from, to);
    dot_write_quoted(w->out, label);
    fputs(" \"", w->out);
    if (weak)
        fputs(", style=dashed, weight=0, color=\"#8a8f98\"", w->out);
    else if (node[w->from].cycle > 0 && node[w->from].cycle == node[to].cycle)
        fputs(", color=\"#c2452d\", penwidth=1.8", w->out);
    else if (graph_is_garbage(w->g, w->from))
        fputs(", color=\"#c2452d\"", w->out);
    fputs("];\n", w->out);
}

static void write_reference(void *context, const char *label, bool weak, value target)
{
    struct writer *w = context;
    uint32_t to = graph_find(w->g, target);
    if (to == GRAPH_NONE || !is_drawn(w, to))
        return;
    if (w->held[to]++ == 0)
        w->target[w->targets++] = to;
    if (w->held[to] <= MOST_PARALLEL)
        write_arrow(w, to, label, weak);
}

static void write_references(struct writer *w, uint32_t from)
{
    w->from = from;
    graph_each_reference(w->g->node[from].object, write_reference, w);
    while (w->targets > 0) {
        uint32_t to = w->target[--w->targets];
        char label[32];
        snprintf(label, sizeof label, "%" PRIu32 " more", w->held[to] - MOST_PARALLEL);
        if (w->held[to] > MOST_PARALLEL)
            write_arrow(w, to, label, false);
        w->held[to] = 0;
    }
}

/* ---- The whole ---- */

static void write_caption(struct writer *w, size_t left_out)
{
    const struct graph *g = w->g;
    size_t garbage = g->count - g->reachable;
    dot_write_html(w->out, w->picture->title);
    fprintf(w->out, ": %zu object%s", g->count, g->count == 1 ? "" : "s");
    if (garbage > 0)
        fprintf(w->out, ", %zu garbage", garbage);
    if (g->cycles > 0)
        fprintf(w->out, " (%" PRIu32 " cycle%s)", g->cycles, g->cycles == 1 ? "" : "s");
    if (left_out > 0)
        fprintf(w->out, "; %zu not drawn", left_out);
}

static void write_picture(struct writer *w, size_t left_out)
{
    fputs("digraph heap {\n"
          "  graph [charset=\"UTF-8\", bgcolor=\"white\", pad=0.25, nodesep=0.35, ranksep=0.55, labelloc=b, "
          "newrank=true, "
          "fontname=\"DejaVu Sans,Helvetica,sans-serif\", fontsize=11, fontcolor=\"#4b5563\", label=<",
          w->out);
    write_caption(w, left_out);
    fputs(">];\n"
          "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#eaf1fa\", color=\"#3a6ea5\", penwidth=1.2, "
          "height=0.3, margin=\"0.14,0.07\", fontname=\"DejaVu Sans,Helvetica,sans-serif\", fontsize=12, "
          "fontcolor=\"#1f2937\"];\n"
          "  edge [color=\"#3a6ea5\", arrowsize=0.7, fontname=\"DejaVu Sans,Helvetica,sans-serif\", fontsize=9, "
          "fontcolor=\"#4b5563\"];\n",
          w->out);
    write_roots(w);
    write_nodes(w);
    for (uint32_t i = 0; i < w->reachable; i++)
        write_references(w, i);
    for (uint32_t i = (uint32_t)w->g->reachable; i < w->g->reachable + w->garbage; i++)
        write_references(w, i);
    if (left_out > 0)
        fprintf(w->out, "  left_out [shape=plaintext, style=\"\", label=\"%zu more object%s not drawn\"];\n", left_out,
                left_out == 1 ? " is" : "s are");
    fputs("}\n", w->out);
}

long long dot_write(const struct graph *g, const struct graph_picture *picture, FILE *out)
{
    struct writer w = {.g = g, .picture = picture, .out = out};
    choose_drawn(&w);
    size_t left_out = g->count - w.reachable - w.garbage;
    w.held = calloc(g->count + 1, sizeof *w.held);
    w.target = calloc(g->count + 1, sizeof *w.target);
    if (w.held && w.target)
        write_picture(&w, left_out);
    long long result = w.held && w.target ? (long long)left_out : -1;
    free(w.held);
    free(w.target);
    return result;
}
