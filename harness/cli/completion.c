/* completion.c - which kind of word is being typed. */
#include "harness/cli/completion.h"

#include <argp.h>
#include <stdbool.h>
#include <string.h>

#include "harness/cli/argp_rows.h"

enum { TEXT_BYTES = 256 };

static bool has_control_characters(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == '\x7f')
            return true;
    return false;
}

void completion_offer(const struct completion *c, const char *candidate, const char *help)
{
    if (strncmp(candidate, c->typed, strlen(c->typed)) != 0 || has_control_characters(candidate) ||
        has_control_characters(c->lead))
        return;
    fprintf(c->out, "%s%s\t%s\n", c->lead, candidate, help ? help : "");
}

static void offer_commands(const struct completion *c)
{
    for (unsigned i = 0; i < cli_command_count; i++)
        completion_offer(c, cli_commands[i].name, cli_commands[i].help);
    completion_offer(c, "help", "of a command");
}

static void offer_options(const struct completion *c)
{
    struct argp_row rows[ARGP_ROWS_MOST];
    size_t count = argp_rows(c->command->argp, rows);
    for (size_t i = 0; i < count; i++) {
        char name[TEXT_BYTES];
        if (!rows[i].option->name)
            continue;
        snprintf(name, sizeof name, "--%s", rows[i].option->name);
        completion_offer(c, name, rows[i].option->doc);
    }
    completion_offer(c, "--help", "its options");
}

/* The option that a word names: "--allocator", "--allocator=...". */
static const struct argp_option *option_of(const struct completion *c, const char *word)
{
    return strncmp(word, "--", 2) == 0 ? argp_find_option(c->command->argp, word + 2, strcspn(word + 2, "=")) : NULL;
}

static bool takes_the_next_word(const struct completion *c, const char *word)
{
    const struct argp_option *o = option_of(c, word);
    return o && o->arg && !strchr(word, '=');
}

/* How many words that are no options, nor an option's value, stand before the typed one; `*only_those`: after "--". */
static size_t count_arguments(const struct completion *c, bool *only_those)
{
    size_t count = 0;
    *only_those = false;
    for (int i = 0; i < c->word_count; i++) {
        if (!*only_those && strcmp(c->words[i], "--") == 0)
            *only_those = true;
        else if (!*only_those && takes_the_next_word(c, c->words[i]))
            i++;
        else if (*only_those || c->words[i][0] != '-')
            count++;
    }
    return count;
}

/* The word of the usage line that stands for argument `index`, as in "A B" and "[WORKLOAD...]": one that ends in "..."
 * stands for all that follow. */
static bool find_argument(const char *usage, size_t index, char word[TEXT_BYTES])
{
    for (;; usage += strcspn(usage, " "), index--) {
        usage += strspn(usage, " [");
        size_t length = strcspn(usage, " .]");
        if (length == 0 || usage[0] == '-')
            return false;
        bool repeated = strncmp(usage + length, "...", 3) == 0;
        bool file = usage[length] == '.' && !repeated; /* FILE.heap */
        snprintf(word, TEXT_BYTES, "%.*s", (int)(file ? strcspn(usage, " ]") : length), usage);
        if (index == 0 || repeated)
            return true;
    }
}

static void offer_values(const struct completion *c, const char *option, const char *argument)
{
    completion_values *values = completion_find_values(c->command, option, argument);
    if (values)
        values(c);
}

static void offer_argument(const struct completion *c, size_t index)
{
    char word[TEXT_BYTES];
    if (find_argument(c->command->arguments, index, word))
        offer_values(c, NULL, word);
    else if (c->typed[0] == '\0')
        offer_options(c);
}

/* "--allocator=je": the value of an option in the same word. */
static void offer_joined_value(struct completion c, const struct argp_option *option)
{
    char lead[TEXT_BYTES];
    size_t length = (size_t)(strchr(c.typed, '=') + 1 - c.typed);
    snprintf(lead, sizeof lead, "%.*s", (int)length, c.typed);
    c.lead = lead;
    c.typed += length;
    if (option->arg)
        offer_values(&c, option->name, option->arg);
}

static void offer_of_command(const struct completion *c)
{
    bool only_arguments;
    size_t arguments = count_arguments(c, &only_arguments);
    const char *last = c->word_count > 0 ? c->words[c->word_count - 1] : "";
    const struct argp_option *option = option_of(c, c->typed);

    if (!only_arguments && takes_the_next_word(c, last))
        offer_values(c, option_of(c, last)->name, option_of(c, last)->arg);
    else if (!only_arguments && option && strchr(c->typed, '='))
        offer_joined_value(*c, option);
    else if (!only_arguments && c->typed[0] == '-')
        offer_options(c);
    else
        offer_argument(c, arguments);
}

void completion_write(int count, const char *const *words, FILE *out)
{
    struct completion c = {.out = out, .lead = "", .typed = count > 0 ? words[count - 1] : ""};
    if (count <= 1) {
        offer_commands(&c);
        if (c.typed[0] == '-') {
            completion_offer(&c, "--help", "the commands");
            completion_offer(&c, "--version", NULL);
        }
        return;
    }
    c.command = find_command(words[0]);
    c.words = words + 1;
    c.word_count = count - 2;
    if (c.command)
        offer_of_command(&c);
    else if (strcmp(words[0], "help") == 0 && count == 2)
        offer_commands(&c);
}
