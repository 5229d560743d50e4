/* completion_paths.c - files and folders that a command takes. */
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cli/completion.h"
#include "harness/store/store.h"

enum { PATH_BYTES = 2 * PATH_MAX, LEVELS = 2, LOOKS = 1000 };

/* FOLDER/NAME; false where it does not fit. */
static bool join(char path[PATH_BYTES], const char *folder, const char *name)
{
    return snprintf(path, PATH_BYTES, "%s%s", folder, name) < PATH_BYTES;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool holds_results(const char *folder)
{
    char path[PATH_BYTES];
    return join(path, folder, "/" STORE_FILE) && access(path, F_OK) == 0;
}

/* Whether a folder in it holds results, or one in that; at most `*looks` entries are looked at. */
static bool leads_to_results(const char *folder, int levels, int *looks)
{
    DIR *open = opendir(folder);
    struct dirent *entry;
    bool found = false;
    while (open && !found && (*looks)-- > 0 && (entry = readdir(open))) {
        char inside[PATH_BYTES];
        if (entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) &&
            snprintf(inside, sizeof inside, "%s/%s", folder, entry->d_name) < PATH_BYTES)
            found = holds_results(inside) || (levels > 1 && leads_to_results(inside, levels - 1, looks));
    }
    if (open)
        closedir(open);
    return found;
}

static bool ends_in(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

static bool is_wanted_file(const char *name, enum completion_paths kind)
{
    return kind == PATHS_ALL || (kind == PATHS_HEAP && ends_in(name, ".heap")) ||
           (kind == PATHS_JSON && ends_in(name, ".json"));
}

/* The folder part of what was typed, as typed and as the system knows it: "~/x/" is below $HOME. */
static bool split(const char *typed, char shown[PATH_BYTES], char real[PATH_BYTES])
{
    const char *slash = strrchr(typed, '/'), *home = getenv("HOME");
    int length = slash ? (int)(slash + 1 - typed) : 0;
    if (length >= PATH_MAX)
        return false;
    snprintf(shown, PATH_BYTES, "%.*s", length, typed);
    if (strncmp(shown, "~/", 2) == 0 && home)
        return join(real, home, shown + 1);
    return join(real, length > 0 ? shown : "./", "");
}

struct paths {
    const struct completion *completion;
    enum completion_paths kind;
    char shown[PATH_BYTES], real[PATH_BYTES];
};

static bool offer_entry(const struct paths *p, const char *name)
{
    char path[PATH_BYTES], candidate[PATH_BYTES];
    const char *base = p->completion->typed + strlen(p->shown);
    if (strncmp(name, base, strlen(base)) != 0 || (name[0] == '.' && base[0] != '.') || strcmp(name, ".") == 0 ||
        strcmp(name, "..") == 0 || !join(path, p->real, name) || !join(candidate, p->shown, name))
        return false;
    int looks = LOOKS;
    bool folder = is_folder(path), results = folder && p->kind == PATHS_RESULTS && holds_results(path);
    if (folder ? p->kind == PATHS_RESULTS && !results && !leads_to_results(path, LEVELS, &looks)
               : !is_wanted_file(name, p->kind))
        return false;
    size_t length = strlen(candidate);
    if (folder && !results && length + 1 < sizeof candidate)
        memcpy(candidate + length, "/", 2);
    completion_offer(p->completion, candidate, results ? "results" : NULL);
    return true;
}

static size_t offer_entries(const struct paths *p)
{
    struct dirent **entries;
    int count = scandir(p->real, &entries, NULL, alphasort);
    size_t offered = 0;
    for (int i = 0; i < count; i++) {
        offered += offer_entry(p, entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return offered;
}

void completion_offer_paths(const struct completion *c, enum completion_paths kind)
{
    struct paths p = {.completion = c, .kind = kind};
    if (!split(c->typed, p.shown, p.real))
        return;
    if (offer_entries(&p) == 0 && kind == PATHS_RESULTS) {
        p.kind = PATHS_FOLDERS; /* results may lie deeper */
        offer_entries(&p);
    }
}
