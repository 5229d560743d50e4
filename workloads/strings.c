/* strings.c - texts that are made, compared by identity after interning, and dropped.
 *
 * Model     a vocabulary of `words` interned words, long-lived. Each of
 *           `steps` makes `tokens` new strings as a tokenizer does: a share of
 *           `known_fraction` spells a word of the vocabulary and is interned
 *           (found, and the copy dropped), the others are texts of their own
 *           of up to `most_characters`, kept in a list until the next step. A
 *           request is one step.
 * Stresses  small blocks of many sizes without any reference in them: the
 *           collector sees one list, the allocator all of it.
 * Source    our own, after what parsers and decoders of JSON do.
 */
#include "workloads/workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CHARACTERS = 1000 };

struct strings_params {
    uint64_t words, steps, tokens, most_characters;
    double known_fraction;
};

static const struct workload_param strings_params[] = {
    WORKLOAD_INTEGER(struct strings_params, words, 5000, 1, 1e9, "words of the vocabulary"),
    WORKLOAD_INTEGER(struct strings_params, steps, 2000, 0, 1e12, "texts"),
    WORKLOAD_INTEGER(struct strings_params, tokens, 500, 0, 1e9, "strings of a text"),
    WORKLOAD_INTEGER(struct strings_params, most_characters, 120, 1, MOST_CHARACTERS, "longest string"),
    WORKLOAD_FRACTION(struct strings_params, known_fraction, 0.6, 0, 1, "share that is in the vocabulary"),
    {0},
};

static const struct workload_setting strings_reduced[] = {{"words", "100"}, {"steps", "50"}, {"tokens", "100"}, {0}};

enum { ROOT_VOCABULARY, ROOT_TEXT, ROOTS };

static value make_word(struct mutator *m, uint64_t number)
{
    char text[32];
    return new_interned(m, text, (size_t)snprintf(text, sizeof text, "word_%" PRIu64, number));
}

static value make_token(struct mutator *m, const struct strings_params *p)
{
    if (random_chance(m, p->known_fraction))
        return make_word(m, random_below(m, p->words));
    char text[MOST_CHARACTERS + 1];
    size_t length = 1 + random_below(m, p->most_characters);
    memset(text, ' ', length);
    text[0] = (char)('a' + random_below(m, 26));
    return new_str(m, text, length);
}

static void strings_setup(struct mutator *m)
{
    const struct strings_params *p = mutator_params(m);
    value *root = mutator_roots(m, ROOTS);
    root[ROOT_VOCABULARY] = new_list(m, p->words);
    for (uint64_t i = 0; i < p->words; i++)
        value_list_set(m, root[ROOT_VOCABULARY], i, make_word(m, i));
}

/* Words that are the vocabulary's own object. */
static uint64_t count_known(value *root)
{
    uint64_t known = 0;
    for (size_t i = 0; i < value_list_length(root[ROOT_TEXT]); i++)
        if (value_references(value_list_get(root[ROOT_TEXT], i)) > 1)
            known++;
    return known;
}

static void strings_run(struct mutator *m)
{
    const struct strings_params *p = mutator_params(m);
    value *root = mutator_all_roots(m);
    for (uint64_t i = 0, n = mutator_scaled(m, p->steps); i < n; i++) {
        value_replace(m, &root[ROOT_TEXT], new_list(m, 0));
        uint64_t characters = 0;
        for (uint64_t t = 0; t < p->tokens; t++) {
            value_list_append(m, root[ROOT_TEXT], make_token(m, p));
            characters += value_length(value_list_get(root[ROOT_TEXT], t));
        }
        mutator_observe(m, characters);
        mutator_observe(m, count_known(root));
        mutator_request_done(m);
    }
}

const struct workload workload_strings = {
    .name = "strings",
    .stresses = "small blocks without references, interning",
    .source = "our own, after tokenizers and decoders of JSON",
    .params = strings_params,
    .params_size = sizeof(struct strings_params),
    .reduced = strings_reduced,
    .setup = strings_setup,
    .run = strings_run,
};
