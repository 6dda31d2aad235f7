#include "modules.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "../libc/libdl.h"

/* Of the program's own path, its end. */
#define OWN_PATH_MOST (MODULE_PATH + 2)

/* Modules that are there at the start, where the loader cannot be asked later. */
#define LISTED_MOST 16

/* What _dl_find_object fills in: headers before glibc 2.35 do not declare it. Source: glibc's manual, Dynamic Linker
 * Introspection. */
struct found_object {
    unsigned long long flags;
    void *start, *end;
    struct link_map *map;
    void *exceptions;
    unsigned long long rest[16];
};

struct listed_module {
    uintptr_t start, end, bias;
    const char *path;
};

static int (*find_object)(void *address, struct found_object *found);
static struct listed_module listed[LISTED_MOST];
static size_t listed_count;
static char own_path[OWN_PATH_MOST];

/* A longer path of the program is cut at its beginning, as a ring would cut it. */
static void keep_own_path(const char *path, size_t size)
{
    size_t kept = size < OWN_PATH_MOST ? size : OWN_PATH_MOST - 1;
    memcpy(own_path, path + size - kept, kept);
}

/*
 * The path that the program was executed by, if it is absolute, else NULL. Of a script that is the script's, which is
 * also the second or third word: then the first word is its interpreter's. The words lie one after the other in memory.
 */
static const char *executed_path(void)
{
    const char *path = (const char *)getauxval(AT_EXECFN), *word = program_invocation_name;
    if (!path || strncmp(path, "/dev/fd/", 8) == 0)
        return NULL;
    bool has_words = word < path && (uintptr_t)(path - word) < (UINT32_C(1) << 23);
    for (int i = 0; has_words && i < 2 && word[0] == '/'; i++) {
        word += strlen(word) + 1;
        if (word < path && strcmp(word, path) == 0)
            return program_invocation_name;
    }
    return path[0] == '/' ? path : NULL;
}

/* The kernel's own answer makes the start of a process dearer by a tenth. */
static void note_own_path(void)
{
    char target[1024];
    const char *path = executed_path();
    ssize_t length = path ? 0 : readlink("/proc/self/exe", target, sizeof target);
    if (path)
        keep_own_path(path, strlen(path));
    else if (length > 0)
        keep_own_path(target, (size_t)length);
}

static int list_module(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    struct listed_module module = {.start = UINTPTR_MAX, .bias = info->dlpi_addr, .path = info->dlpi_name};
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t first = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type != PT_LOAD)
            continue;
        if (first < module.start)
            module.start = first;
        if (first + segment->p_memsz > module.end)
            module.end = first + segment->p_memsz;
    }
    if (module.end)
        listed[listed_count++] = module;
    return listed_count == LISTED_MOST;
}

void modules_start(void)
{
    void *symbol = libdl_is_there() ? dlsym(RTLD_DEFAULT, "_dl_find_object") : NULL;
    memcpy(&find_object, &symbol, sizeof find_object);
    if (!find_object)
        dl_iterate_phdr(list_module, NULL);
    note_own_path();
}

#include "../kernel/async_safe.h"

static bool find_listed(uintptr_t address, struct loaded_module *module)
{
    for (size_t i = 0; i < listed_count; i++) {
        if (address < listed[i].start || address >= listed[i].end)
            continue;
        *module = (struct loaded_module){.start = listed[i].start, .bias = listed[i].bias, .path = listed[i].path};
        return true;
    }
    return false;
}

static bool find_module(uintptr_t address, struct loaded_module *module)
{
    struct found_object found;
    if (!find_object)
        return find_listed(address, module);
    if (find_object((void *)address, &found) != 0) /* NOLINT(performance-no-int-to-ptr): an address of code */
        return false;
    *module =
        (struct loaded_module){.start = (uintptr_t)found.start, .bias = found.map->l_addr, .path = found.map->l_name};
    return true;
}

/* The module's program headers, where its first segment begins with the ELF header and these are in its first page. */
static const ElfW(Phdr) * find_segments(const struct loaded_module *module, size_t *count)
{
    const ElfW(Ehdr) *header = (const void *)module->start; /* NOLINT(performance-no-int-to-ptr) */
    *count = 0;
    if (module->start % 4096 != 0 || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_phentsize != sizeof(ElfW(Phdr)) || header->e_phoff + header->e_phnum * sizeof(ElfW(Phdr)) > 4096)
        return NULL;
    *count = header->e_phnum;
    return (const void *)(module->start + header->e_phoff); /* NOLINT(performance-no-int-to-ptr) */
}

/* Whether a segment of these rights (PF_R ...) holds `size` bytes from the virtual address on, from the file. */
static bool segment_holds(const struct loaded_module *module, unsigned int rights, uintptr_t address, size_t size)
{
    size_t count;
    const ElfW(Phdr) *segments = find_segments(module, &count);
    for (size_t i = 0; i < count; i++) {
        uintptr_t into = address - segments[i].p_vaddr;
        if (segments[i].p_type == PT_LOAD && (segments[i].p_flags & rights) == rights && into < segments[i].p_filesz &&
            size <= segments[i].p_filesz - into)
            return true;
    }
    return false;
}

bool module_of_code(uintptr_t address, size_t size, struct loaded_module *module)
{
    return address >= size && find_module(address - 1, module) &&
           segment_holds(module, PF_R | PF_X, address - size - module->bias, size);
}

/* Looks through the notes of one segment. Source: elf(5), Notes. */
static bool find_id_in(const char *note, size_t size, struct module_seen *seen)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) header;
        memcpy(&header, note, sizeof header);
        size_t name = (header.n_namesz + (size_t)3) & ~(size_t)3, content = (header.n_descsz + (size_t)3) & ~(size_t)3;
        size_t rest = size - sizeof header;
        if (name > rest || content > rest - name)
            return false;
        if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == sizeof ELF_NOTE_GNU &&
            memcmp(note + sizeof header, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0) {
            seen->build_id = (const uint8_t *)note + sizeof header + name;
            seen->build_id_size = header.n_descsz < MODULE_BUILD_ID ? header.n_descsz : MODULE_BUILD_ID;
            return true;
        }
        note += sizeof header + name + content;
        size = rest - name - content;
    }
    return false;
}

static void find_build_id(const struct loaded_module *module, struct module_seen *seen)
{
    size_t count;
    const ElfW(Phdr) *segments = find_segments(module, &count);
    for (size_t i = 0; i < count; i++)
        if (segments[i].p_type == PT_NOTE && segment_holds(module, PF_R, segments[i].p_vaddr, segments[i].p_filesz) &&
            find_id_in((const char *)(module->bias + segments[i].p_vaddr), /* NOLINT(performance-no-int-to-ptr) */
                       segments[i].p_filesz, seen))
            return;
}

uint64_t module_place(const struct ring *ring, uintptr_t address, uint64_t now_ns)
{
    struct loaded_module module;
    if (!find_module(address - 1, &module))
        return ring_place_of(0, address);
    struct module_seen seen = {.path = module.path && module.path[0] ? module.path : own_path};
    seen.path_length = strlen(seen.path);
    find_build_id(&module, &seen);
    uint32_t number = ring_module_index(ring, &seen, now_ns);
    return ring_place_of(number, number ? address - module.bias : address);
}
