/* choice.c - an allocator as typed, taken apart. */
#include "allocators/allocator.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/library_file.h"

enum { TEXT_BYTES = ALLOCATOR_PATH_BYTES + ALLOCATOR_SETTINGS * 256 };

/* One line, whatever the user typed. */
__attribute__((format(printf, 3, 4))) static int refuse(char *error, size_t error_size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, error_size, format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < error_size && error[i]; i++)
        if (iscntrl((unsigned char)error[i]))
            error[i] = '?';
    return -1;
}

static void add(char *list, size_t size, const char *item)
{
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", used ? ", " : "", item);
}

static int refuse_name(const char *name, char *error, size_t error_size)
{
    char known[512] = "", pools[256] = "";
    for (size_t i = 0; i < allocator_count; i++)
        add(known, sizeof known, allocators[i]->name);
    for (size_t i = 0; i < pool_row_count; i++)
        add(pools, sizeof pools, pool_rows[i].name);
    return refuse(error, error_size, "unknown allocator '%.80s'; known are %s, PATH.so; %s; and %s+ any of the former",
                  name, known, pools, pool_rows[0].name);
}

/* Where "@VARIABLE=" begins; the end of the text when nowhere. */
static char *find_setting(char *text)
{
    for (char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
        const char *name = at + 1;
        size_t n = 0;
        while (isalnum((unsigned char)name[n]) || name[n] == '_')
            n++;
        if (n > 0 && name[n] == '=')
            return at;
    }
    return text + strlen(text);
}

static bool takes_variable(const struct allocator *a, const char *setting)
{
    size_t n = strcspn(setting, "=");
    for (const char *const *v = a->variables; v && *v; v++)
        if (strlen(*v) == n && strncmp(*v, setting, n) == 0)
            return true;
    return false;
}

static int refuse_variable(const struct allocator *a, const char *setting, char *error, size_t error_size)
{
    char allowed[2048] = "";
    for (const char *const *v = a->variables; v && *v; v++)
        add(allowed, sizeof allowed, *v);
    return refuse(error, error_size, "allocator %s takes no variable '%.*s'; it takes %s", a->name,
                  (int)strcspn(setting, "="), setting, allowed[0] ? allowed : "none");
}

static bool is_repeated(const struct allocator_choice *choice, size_t count)
{
    const char *last = choice->settings[count - 1];
    size_t name = strcspn(last, "=") + 1;
    for (size_t i = 0; i + 1 < count; i++)
        if (strncmp(choice->settings[i], last, name) == 0)
            return true;
    return false;
}

static int take_setting(struct allocator_choice *choice, size_t count, const char *text, char *error, size_t error_size)
{
    if (!choice->allocator)
        return refuse(error, error_size, "'@%.80s': only an allocator known by name takes a variable", text);
    if (!takes_variable(choice->allocator, text))
        return refuse_variable(choice->allocator, text, error, error_size);
    if (count == ALLOCATOR_SETTINGS)
        return refuse(error, error_size, "more than %d variables for allocator %s", ALLOCATOR_SETTINGS,
                      choice->allocator->name);
    if (strlen(text) >= sizeof choice->settings[0])
        return refuse(error, error_size, "'@%.40s...' is longer than %zu bytes", text, sizeof choice->settings[0] - 1);
    for (const char *c = text; *c; c++)
        if (iscntrl((unsigned char)*c))
            return refuse(error, error_size, "'@%.80s' holds a control character", text);
    memcpy(choice->settings[count], text, strlen(text) + 1);
    if (is_repeated(choice, count + 1))
        return refuse(error, error_size, "'@%.80s' is set twice", text);
    return 0;
}

static int take_settings(struct allocator_choice *choice, char *text, char *error, size_t error_size)
{
    for (size_t count = 0; *text; count++) {
        char *next = find_setting(text + 1), end = *next;
        *next = '\0';
        if (take_setting(choice, count, text + 1, error, error_size) != 0)
            return -1;
        *next = end;
        text = next;
    }
    return 0;
}

static bool is_path(const char *name)
{
    return strchr(name, '/') || strstr(name, ".so");
}

static int take_path(struct allocator_choice *choice, const char *name, char *error, size_t error_size)
{
    char resolved[PATH_MAX];
    if (!realpath(name, resolved))
        return refuse(error, error_size, "allocator %.200s: %s", name, strerror(errno));
    if (strlen(resolved) >= sizeof choice->path)
        return refuse(error, error_size, "allocator %.200s: its path is too long", name);
    for (const char *c = resolved; *c; c++)
        if (*c == ':' || isspace((unsigned char)*c) || iscntrl((unsigned char)*c))
            return refuse(error, error_size, "allocator %.200s: LD_PRELOAD takes no path with a colon or a blank",
                          resolved);
    char why[512];
    if (library_file_check(resolved, why, sizeof why) != 0)
        return refuse(error, error_size, "allocator %s", why);
    memcpy(choice->path, resolved, strlen(resolved) + 1);
    return 0;
}

static int take_name(struct allocator_choice *choice, const char *name, char *error, size_t error_size)
{
    if (is_path(name))
        return take_path(choice, name, error, error_size);
    choice->allocator = find_allocator(name);
    return choice->allocator ? 0 : refuse_name(name, error, error_size);
}

int allocator_parse(const char *text, struct allocator_choice *choice, char *error, size_t error_size)
{
    char copy[TEXT_BYTES];
    memset(choice, 0, sizeof *choice);
    if (strlen(text) >= sizeof copy)
        return refuse(error, error_size, "allocator '%.40s...' is longer than %zu bytes", text, sizeof copy - 1);
    memcpy(copy, text, strlen(text) + 1);

    char *settings = find_setting(copy);
    const char *name = copy;
    char first = *settings;
    *settings = '\0';
    choice->pools = find_pools(copy, &name);
    if (choice->pools)
        name = *name == '+' ? name + 1 : "system";
    if (name[0] == '\0')
        return refuse_name(text, error, error_size);
    if (take_name(choice, name, error, error_size) != 0)
        return -1;
    *settings = first;
    return take_settings(choice, settings, error, error_size);
}
