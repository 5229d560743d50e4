/* library_file.c - an ELF file's dynamic symbols, read from a file that nobody
 * vouches for.
 *
 * Source  System V ABI, "Object files" and "Symbol table"; gABI 4.1.
 */
#include "allocators/library_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined __x86_64__
enum { THIS_MACHINE = EM_X86_64 };
#elif defined __aarch64__
enum { THIS_MACHINE = EM_AARCH64 };
#else
#error "which machine does e_machine name here?"
#endif

typedef ElfW(Ehdr) header;
typedef ElfW(Shdr) section;
typedef ElfW(Sym) symbol;

struct library_file {
    int fd;
    uint64_t size;
    header header;
    section *sections; /* header.e_shnum of them */
};

/* Reads exactly `size` bytes, which must lie inside the file. */
static bool read_at(const struct library_file *f, uint64_t offset, void *out, uint64_t size)
{
    if (offset > f->size || size > f->size - offset)
        return false;
    for (uint64_t done = 0; done < size;) {
        ssize_t n = pread(f->fd, (char *)out + done, size - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (uint64_t)n;
    }
    return true;
}

/* The same into fresh memory, with a zero behind it; NULL on failure. */
static void *read_copy(const struct library_file *f, uint64_t offset, uint64_t size)
{
    if (size > f->size)
        return NULL;
    char *copy = calloc(size + 1, 1);
    if (copy && !read_at(f, offset, copy, size)) {
        free(copy);
        return NULL;
    }
    return copy;
}

static bool is_shared_object(const header *h)
{
    return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 && h->e_ident[EI_CLASS] == ELFCLASS64 &&
           h->e_ident[EI_DATA] == ELFDATA2LSB && h->e_type == ET_DYN && h->e_machine == THIS_MACHINE;
}

static const section *find_section(const struct library_file *f, uint32_t type)
{
    for (size_t i = 0; i < f->header.e_shnum; i++)
        if (f->sections[i].sh_type == type)
            return &f->sections[i];
    return NULL;
}

struct symbols {
    const symbol *symbol;
    size_t count;
    const char *names; /* names_size bytes and a zero */
    size_t names_size;
};

static bool defines(const struct symbols *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++) {
        unsigned char type = ELF64_ST_TYPE(s->symbol[i].st_info);
        bool function = type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE;
        if (function && s->symbol[i].st_shndx != SHN_UNDEF && s->symbol[i].st_name < s->names_size &&
            strcmp(s->names + s->symbol[i].st_name, name) == 0)
            return true;
    }
    return false;
}

/* NULL when both are defined, else what is wrong. */
static const char *check_symbols(const struct library_file *f)
{
    const section *table = find_section(f, SHT_DYNSYM);
    if (!table || table->sh_link >= f->header.e_shnum)
        return "has no table of dynamic symbols";
    const section *names = &f->sections[table->sh_link];
    symbol *symbols = read_copy(f, table->sh_offset, table->sh_size);
    char *text = read_copy(f, names->sh_offset, names->sh_size);
    const char *wrong = NULL;
    if (!symbols || !text) {
        wrong = "is damaged: its symbols cannot be read";
    } else {
        const struct symbols s = {symbols, table->sh_size / sizeof *symbols, text, names->sh_size};
        if (!defines(&s, "malloc") || !defines(&s, "free"))
            wrong = "defines no malloc and free";
    }
    free(symbols);
    free(text);
    return wrong;
}

static const char *check_open(struct library_file *f)
{
    if (!read_at(f, 0, &f->header, sizeof f->header) || !is_shared_object(&f->header))
        return "is not a shared library (ELF) of this machine";
    if (f->header.e_shnum == 0 || f->header.e_shentsize != sizeof(section))
        return "has no table of dynamic symbols";
    f->sections = read_copy(f, f->header.e_shoff, (uint64_t)f->header.e_shnum * sizeof(section));
    if (!f->sections)
        return "is damaged: its sections cannot be read";
    const char *wrong = check_symbols(f);
    free(f->sections);
    return wrong;
}

int library_file_check(const char *path, char *error, size_t error_size)
{
    struct stat status;
    /* Not to wait for a writer, should it be a FIFO. */
    struct library_file f = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (f.fd < 0 || fstat(f.fd, &status) != 0) {
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
        if (f.fd >= 0)
            close(f.fd);
        return -1;
    }
    const char *wrong = "is no regular file";
    if (S_ISREG(status.st_mode)) {
        f.size = (uint64_t)status.st_size;
        wrong = check_open(&f);
    }
    close(f.fd);
    if (wrong)
        snprintf(error, error_size, "%s: %s", path, wrong);
    return wrong ? -1 : 0;
}
