#include "symbols.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that was asked for, with its debug information; `module` is NULL if it cannot be had. */
struct known {
    struct known *next;
    char *path;
    uint8_t build_id[64];
    size_t build_id_size;
    Dwfl *session;
    Dwfl_Module *module;
};

static struct known *all_known;

/* The path comes from a ring that may be anybody's: to open what is no file can block or start a device. */
static int open_module(const char *path)
{
    struct stat status;
    if (path[0] != '/' || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (status.st_uid == 0 || status.st_uid == geteuid()))
        return fd;
    close(fd);
    return -1;
}

static bool has_build_id(Dwfl_Module *module, const struct known *known)
{
    const unsigned char *bytes;
    GElf_Addr address;
    int size = known->build_id_size ? dwfl_module_build_id(module, &bytes, &address) : 0;
    return size == (int)known->build_id_size &&
           (size == 0 || memcmp(bytes, known->build_id, known->build_id_size) == 0);
}

/* Loaded at 0, so that addresses are those of the file's own headers. */
static Dwfl_Module *report(Dwfl *session, const char *path)
{
    int fd = open_module(path);
    if (fd < 0)
        return NULL;
    Dwfl_Module *module = dwfl_report_elf(session, path, path, fd, 0, true);
    if (!module)
        close(fd);
    dwfl_report_end(session, NULL, NULL);
    return module;
}

static void read_module(struct known *known)
{
    static const Dwfl_Callbacks callbacks = {.find_elf = dwfl_build_id_find_elf,
                                             .find_debuginfo = dwfl_standard_find_debuginfo,
                                             .section_address = dwfl_offline_section_address};
    known->session = dwfl_begin(&callbacks);
    if (!known->session)
        return;
    Dwfl_Module *module = report(known->session, known->path);
    if (module && has_build_id(module, known))
        known->module = module;
}

static bool is_same(const struct known *known, const char *path, const uint8_t *build_id, size_t size)
{
    return strcmp(known->path, path) == 0 && known->build_id_size == size &&
           (size == 0 || memcmp(known->build_id, build_id, size) == 0);
}

static Dwfl_Module *find_module(const char *path, const uint8_t *build_id, size_t size)
{
    struct known *known = all_known;
    while (known && !is_same(known, path, build_id, size))
        known = known->next;
    if (known)
        return known->module;
    known = calloc(1, sizeof *known);
    if (!known || size > sizeof known->build_id || !(known->path = strdup(path))) {
        free(known);
        return NULL;
    }
    if (size)
        memcpy(known->build_id, build_id, size);
    known->build_id_size = size;
    known->next = all_known;
    all_known = known;
    read_module(known);
    return known->module;
}

/* The name in the source: the symbol of a function that the compiler has changed says more, such as "serve.isra.0". */
static const char *name_in_source(Dwfl_Module *module, GElf_Addr address, char *text, size_t size)
{
    Dwarf_Addr bias;
    Dwarf_Die *scopes, *unit = dwfl_module_addrdie(module, address, &bias);
    int count = unit ? dwarf_getscopes(unit, address - bias, &scopes) : 0;
    const char *name = NULL;
    for (int i = 0; i < count && !name; i++) {
        int tag = dwarf_tag(&scopes[i]);
        if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine)
            name = dwarf_diename(&scopes[i]);
    }
    if (name)
        snprintf(text, size, "%s", name);
    if (count > 0)
        free(scopes);
    return name ? text : NULL;
}

static void find_function(Dwfl_Module *module, GElf_Addr address, struct symbol *out)
{
    const char *symbol = dwfl_module_addrname(module, address);
    if (!name_in_source(module, address, out->function, sizeof out->function) && symbol)
        snprintf(out->function, sizeof out->function, "%s", symbol);
}

static void find_line(Dwfl_Module *module, GElf_Addr address, struct symbol *out)
{
    Dwfl_Line *line = dwfl_module_getsrc(module, address);
    const char *file = line ? dwfl_lineinfo(line, NULL, &out->line, NULL, NULL, NULL) : NULL;
    const char *directory = file && file[0] != '/' ? dwfl_line_comp_dir(line) : NULL;
    if (file)
        snprintf(out->file, sizeof out->file, "%s%s%s", directory ? directory : "", directory ? "/" : "", file);
    else
        out->line = 0;
}

bool symbol_of(const char *module_path, const uint8_t *build_id, size_t build_id_size, uint64_t offset,
               struct symbol *out)
{
    *out = (struct symbol){0};
    Dwfl_Module *module = offset ? find_module(module_path, build_id, build_id_size) : NULL;
    if (!module)
        return false;
    find_function(module, offset - 1, out);
    find_line(module, offset - 1, out);
    return out->function[0] || out->line;
}

void symbols_forget(void)
{
    while (all_known) {
        struct known *known = all_known;
        all_known = known->next;
        if (known->session)
            dwfl_end(known->session);
        free(known->path);
        free(known);
    }
}
