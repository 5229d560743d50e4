/* export_file.c - new files for exports. */
#include "harness/exporters/export_file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/exporters/export_names.h"
#include "harness/store/output.h"
#include "harness/sweep/line.h"
#include "harness/sweep/text_stream.h"

/* Of a file's name, so that number, cut name and extension stay below 255. */
enum { NAME_BYTES = 200 };

static int write_new(const struct exporter *exporter, const struct export_source *source, const char *directory,
                     const char *name, char *error, size_t error_size)
{
    struct output out;
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", directory, name);

    if (length < 0 || (size_t)length >= sizeof path)
        return line_error(error, error_size, "%.40s...: path too long", directory);
    if (access(path, F_OK) == 0)
        return line_error(error, error_size, "%s: is there already; --out writes a new file", path);
    if (output_open(directory, name, &out, error, error_size) != 0)
        return -1;
    out.keeps = true;
    if (exporter->write(source, out.file) == 0)
        return output_commit(&out, error, error_size);
    output_abandon(&out);
    return line_error(error, error_size, "%s: %s", path, result_set_error(source->summary->results));
}

/* "001-gcbench_scale=1_seed=1_...hgrm", in `name` of NAME_MAX + 1 bytes. */
static int make_name(const struct exporter *exporter, const struct run_record *run, size_t number, char *name)
{
    struct text_stream stream;
    if (text_stream_open(&stream) == NULL)
        return -1;
    export_path(run, '=', stream.file);
    char *path = text_stream_close(&stream);
    if (path == NULL)
        return -1;
    for (char *slash = path; (slash = strchr(slash, '/')) != NULL;)
        *slash = '_';
    snprintf(name, NAME_MAX + 1, "%03zu-%.*s.%s", number, NAME_BYTES, path, exporter->extension);
    free(path);
    return 0;
}

static int write_folder(const struct exporter *exporter, const struct export_source *source, const char *folder,
                        char *error, size_t error_size)
{
    int status = 0;

    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        return line_error(error, error_size, "%s: cannot make this folder: %s", folder, strerror(errno));
    for (size_t i = 0; status == 0 && i < source->configuration_count; i++) {
        struct export_source one;
        char name[NAME_MAX + 1];
        if (export_one(source, i, &one) != 0)
            return line_error(error, error_size, "out of memory");
        status = make_name(exporter, source->configurations[i]->dimensions, i + 1, name);
        status = status != 0 ? line_error(error, error_size, "out of memory")
                             : write_new(exporter, &one, folder, name, error, error_size);
        export_source_free(&one);
    }
    return status;
}

static bool names_folder(const char *path)
{
    struct stat info;
    return path[strlen(path) - 1] == '/' || (stat(path, &info) == 0 && S_ISDIR(info.st_mode));
}

int export_to_path(const struct exporter *exporter, const struct export_source *source, const char *path, char *error,
                   size_t error_size)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;

    if (strlen(path) >= sizeof folder)
        return line_error(error, error_size, "%.40s...: path too long", path);
    if (exporter->one_each && (source->configuration_count != 1 || names_folder(path)))
        return write_folder(exporter, source, path, error, error_size);
    if (names_folder(path))
        return line_error(error, error_size, "%s: is a folder; --out names a file", path);
    if (slash != NULL)
        snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return write_new(exporter, source, folder, name, error, error_size);
}
