/* start.c - see start.h. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "reference/start.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PYTHON_LIBRARY "lib/python" Py_STRINGIFY(PY_MAJOR_VERSION) "." Py_STRINGIFY(PY_MINOR_VERSION) "/os.py"

/* The folder above libpython that holds lib/python3.11, as "/usr". Without it
 * the interpreter would look beside the first python3 on PATH, which may be
 * another version's. False leaves it to do so. */
static bool find_home(char *home)
{
    Dl_info library;
    if (!dladdr(Py_GetVersion(), &library) || !realpath(library.dli_fname, home))
        return false;
    for (char *cut; (cut = strrchr(home, '/'));) {
        char landmark[PATH_MAX + sizeof PYTHON_LIBRARY];
        cut[0] = '\0';
        snprintf(landmark, sizeof landmark, "%s/%s", home, PYTHON_LIBRARY);
        if (access(landmark, R_OK) == 0)
            return true;
    }
    return false;
}

static int failed(PyStatus status, char *error, size_t error_size)
{
    const char *why = status.err_msg ? status.err_msg : "no reason given";
    snprintf(error, error_size, "the interpreter does not start: %.*s", (int)strcspn(why, "\n"), why);
    return -1;
}

static PyStatus start_isolated(void)
{
    char home[PATH_MAX];
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    config.site_import = 0;
    config.install_signal_handlers = 0;
    config.write_bytecode = 0;
    config.pathconfig_warnings = 0;
    config.use_hash_seed = 1;
    config.hash_seed = 0;
    PyStatus status = PyConfig_SetBytesString(&config, &config.program_name, "gcsweep-worker-cpython");
    if (!PyStatus_Exception(status) && find_home(home))
        status = PyConfig_SetBytesString(&config, &config.home, home);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return status;
}

int start_interpreter(bool pools, char *error, size_t error_size)
{
    static enum { NONE, MALLOC, PYMALLOC } allocator_of_process;
    if (allocator_of_process != NONE && pools != (allocator_of_process == PYMALLOC)) {
        snprintf(error, error_size, "the interpreter has run in this process %s its pool allocator before",
                 pools ? "without" : "with");
        return -1;
    }
    PyPreConfig before;
    PyPreConfig_InitIsolatedConfig(&before);
    before.allocator = pools ? PYMEM_ALLOCATOR_PYMALLOC : PYMEM_ALLOCATOR_MALLOC;
    PyStatus status = Py_PreInitialize(&before);
    if (PyStatus_Exception(status))
        return failed(status, error, error_size);
    allocator_of_process = pools ? PYMALLOC : MALLOC;
    status = start_isolated();
    return PyStatus_Exception(status) ? failed(status, error, error_size) : 0;
}

void start_undo(void)
{
    Py_FinalizeEx(); /* fails only where standard output cannot be flushed, and nothing was printed */
}
