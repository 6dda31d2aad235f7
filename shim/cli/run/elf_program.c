#include "elf_program.h"

#include <stdio.h>
#include <string.h>

#include "image.h"

/* Go's linker writes its build id into one of the first notes, so a larger table is not read. */
#define NOTES_MAX 65536u
#define NOTE_GO_BUILD_ID 4u

/* Dynamic symbols that are read; the rest is ignored. */
#define SYMBOLS_MAX 65536u

/* What the walk through the segments finds. */
struct survey {
    const struct image *image;
    struct binary *binary;
    Elf64_Phdr dynamic; /* p_type 0 if there is none */
};

static const char *take_loader(struct survey *survey, const Elf64_Phdr *segment)
{
    char *loader = survey->binary->loader;
    if (segment->p_filesz < 2 || segment->p_filesz > PATH_MAX)
        return "the name of its dynamic loader has an impossible length";
    if (!image_read(survey->image, loader, segment->p_offset, segment->p_filesz))
        return "the name of its dynamic loader lies beyond its end";
    if (loader[segment->p_filesz - 1] != '\0' || loader[0] == '\0') {
        loader[0] = '\0';
        return "the name of its dynamic loader has no end or no beginning";
    }
    return NULL;
}

/* Only three numbers and a name of 4 bytes in a note matter. */
static bool notes_are_go(const struct image *image, const Elf64_Phdr *segment)
{
    uint64_t align = segment->p_align == 8 ? 8 : 4, offset = 0;
    struct {
        Elf64_Nhdr header;
        char name[4];
    } note;
    uint64_t size = segment->p_filesz < NOTES_MAX ? segment->p_filesz : NOTES_MAX;
    while (offset + sizeof note <= size && image_read(image, &note, segment->p_offset + offset, sizeof note)) {
        if (note.header.n_namesz == 4 && note.header.n_type == NOTE_GO_BUILD_ID && memcmp(note.name, "Go\0", 4) == 0)
            return true;
        offset += sizeof note.header;
        offset = (offset + note.header.n_namesz + align - 1) & ~(align - 1);
        offset = (offset + note.header.n_descsz + align - 1) & ~(align - 1);
    }
    return false;
}

static const char *take_segment(struct survey *survey, const Elf64_Phdr *segment)
{
    if (segment->p_type == PT_INTERP)
        return take_loader(survey, segment);
    if (segment->p_type != PT_LOAD && segment->p_type != PT_DYNAMIC && segment->p_type != PT_NOTE)
        return NULL;
    if (!image_holds(survey->image, segment->p_offset, segment->p_filesz))
        return "a segment lies beyond its end: it seems to be cut off";
    if (segment->p_type == PT_DYNAMIC)
        survey->dynamic = *segment;
    if (segment->p_type == PT_NOTE)
        survey->binary->go |= notes_are_go(survey->image, segment);
    return NULL;
}

static const char *take_segments(struct survey *survey)
{
    Elf64_Phdr segment;
    const char *fault = NULL;
    unsigned int count = survey->image->header.e_phnum;
    for (unsigned int i = 0; i < count && !fault; i++) {
        if (!image_segment(survey->image, i, &segment))
            return "its program headers are not inside it";
        fault = take_segment(survey, &segment);
    }
    return fault || count > 0 ? fault : "it has no program headers";
}

/* Looks for the section that Go's linker makes. A program need not have sections. */
static const char *take_sections(struct survey *survey)
{
    static const char go[] = ".go.buildinfo";
    const struct image *image = survey->image;
    Elf64_Shdr names, section;
    char name[sizeof go];
    if (image->header.e_shoff == 0 || image->header.e_shnum == 0)
        return NULL;
    if (!image_section(image, image->header.e_shnum - 1u, &section))
        return "its section headers are not inside it: it seems to be cut off";
    if (!image_section(image, image->header.e_shstrndx, &names) || !image_holds(image, names.sh_offset, names.sh_size))
        return NULL;
    for (unsigned int i = 0; i < image->header.e_shnum && !survey->binary->go; i++)
        survey->binary->go = image_section(image, i, &section) && section.sh_name < names.sh_size &&
                             image_read(image, name, names.sh_offset + section.sh_name, sizeof name) &&
                             memcmp(name, go, sizeof go) == 0;
    return NULL;
}

/* The offset in the file of the byte at this address; the file's size if there is none. */
static uint64_t offset_of(const struct image *image, uint64_t address)
{
    Elf64_Phdr segment;
    for (unsigned int i = 0; image_segment(image, i, &segment); i++)
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
            return segment.p_offset + (address - segment.p_vaddr);
    return image->size;
}

static bool is_loader_name(const struct image *image, uint64_t strings, uint64_t name)
{
    char start[3];
    uint64_t offset = offset_of(image, strings);
    return name < image->size && image_read(image, start, offset + name, sizeof start) &&
           (memcmp(start, "ld-", 3) == 0 || memcmp(start, "ld.", 3) == 0 || memcmp(start, "ld6", 3) == 0);
}

/* The flags or the name of a position-independent file without a loader tell what it is. */
static enum elf_program_kind kind_without_loader(const struct survey *survey)
{
    uint64_t strings = 0, name = 0, flags = 0;
    bool debugged = false;
    Elf64_Dyn entry;
    if (survey->dynamic.p_type != PT_DYNAMIC)
        return BINARY_STATIC_PIE;
    for (unsigned int i = 0; image_dynamic(survey->image, &survey->dynamic, i, &entry) && entry.d_tag != DT_NULL; i++) {
        strings = entry.d_tag == DT_STRTAB ? entry.d_un.d_ptr : strings;
        name = entry.d_tag == DT_SONAME ? entry.d_un.d_val : name;
        flags = entry.d_tag == DT_FLAGS_1 ? entry.d_un.d_val : flags;
        debugged |= entry.d_tag == DT_DEBUG;
    }
    /*
     * Older linkers mark no program; but only a program has a place for its debugger. They also give a library an entry
     * point, so an entry point tells nothing.
     */
    if ((flags & DF_1_PIE) || debugged)
        return BINARY_STATIC_PIE;
    return name && is_loader_name(survey->image, strings, name) ? BINARY_LOADER : BINARY_LIBRARY;
}

static bool is_address_sanitizer(const struct image *image, uint64_t offset)
{
    static const char *const starts[] = {"libasan.so.", "libclang_rt.asan"};
    char name[24] = "";
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (image_read(image, name, offset, strlen(starts[i])) && strncmp(name, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static void take_needed(struct survey *survey)
{
    const struct image *image = survey->image;
    uint64_t strings = image->size;
    Elf64_Dyn entry;
    for (unsigned int i = 0; image_dynamic(image, &survey->dynamic, i, &entry) && entry.d_tag != DT_NULL; i++)
        if (entry.d_tag == DT_STRTAB)
            strings = offset_of(image, entry.d_un.d_ptr);
    for (unsigned int i = 0; image_dynamic(image, &survey->dynamic, i, &entry) && entry.d_tag != DT_NULL; i++)
        if (entry.d_tag == DT_NEEDED && strings < image->size && entry.d_un.d_val < image->size)
            survey->binary->address_sanitizer |= is_address_sanitizer(image, strings + entry.d_un.d_val);
}

static enum elf_program_kind kind_of(const struct survey *survey)
{
    if (survey->binary->loader[0])
        return BINARY_DYNAMIC;
    return survey->image->header.e_type == ET_DYN ? kind_without_loader(survey) : BINARY_STATIC;
}

const char *elf_program_read(int fd, struct binary *binary)
{
    struct image image;
    struct survey survey = {.image = &image, .binary = binary};
    *binary = (struct binary){.kind = BINARY_OTHER};
    if (!image_open(&image, fd))
        return "its ELF header is not whole";
    binary->bits = image.wide ? 64 : 32;
    binary->machine = image.header.e_machine;
    binary->foreign_order = image.foreign_order;
    if (image.foreign_order || (image.header.e_type != ET_EXEC && image.header.e_type != ET_DYN))
        return NULL;
    const char *fault = take_segments(&survey);
    if (!fault)
        fault = take_sections(&survey);
    if (fault)
        return fault;
    binary->kind = kind_of(&survey);
    if (survey.dynamic.p_type == PT_DYNAMIC)
        take_needed(&survey);
    return NULL;
}

/* Where the dynamic symbols and their names are in the file; false if there are none. */
static bool find_symbols(const struct survey *survey, uint64_t *symbols, uint64_t *strings)
{
    const struct image *image = survey->image;
    Elf64_Dyn entry;
    *symbols = *strings = image->size;
    if (survey->dynamic.p_type != PT_DYNAMIC)
        return false;
    for (unsigned int i = 0; image_dynamic(image, &survey->dynamic, i, &entry) && entry.d_tag != DT_NULL; i++) {
        if (entry.d_tag == DT_SYMTAB)
            *symbols = offset_of(image, entry.d_un.d_ptr);
        else if (entry.d_tag == DT_STRTAB)
            *strings = offset_of(image, entry.d_un.d_ptr);
    }
    return *symbols < image->size && *strings < image->size;
}

static bool is_named(const struct image *image, uint64_t name, const char *wanted)
{
    char text[64] = "";
    size_t length = strlen(wanted) + 1;
    return length <= sizeof text && image_read(image, text, name, length) && memcmp(text, wanted, length) == 0;
}

/*
 * No header says how many symbols there are. The table of names follows it in what linkers make; a file in which it
 * does not is read up to the most symbols that are looked at.
 */
bool elf_program_imports(int fd, const char *symbol)
{
    struct image image;
    struct binary binary = {0};
    struct survey survey = {.image = &image, .binary = &binary};
    uint64_t symbols, strings;
    Elf64_Sym it;
    if (!image_open(&image, fd) || image.foreign_order || take_segments(&survey) ||
        !find_symbols(&survey, &symbols, &strings))
        return false;
    uint64_t size = image.wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    uint64_t most = strings > symbols ? (strings - symbols) / size : SYMBOLS_MAX;
    for (unsigned int i = 0; i < most && i < SYMBOLS_MAX && image_symbol(&image, symbols, i, &it); i++)
        if (it.st_shndx == SHN_UNDEF && it.st_name && it.st_name < image.size &&
            is_named(&image, strings + it.st_name, symbol))
            return true;
    return false;
}

void elf_program_describe(const struct binary *binary, char *text, size_t size)
{
    static const struct {
        uint16_t machine;
        const char *name;
    } names[] = {
        {EM_386, "i386"},    {EM_X86_64, "x86-64"},  {EM_ARM, "ARM"},      {EM_AARCH64, "ARM (aarch64)"},
        {EM_PPC, "PowerPC"}, {EM_PPC64, "PowerPC"},  {EM_S390, "S/390"},   {EM_MIPS, "MIPS"},
        {EM_SPARC, "SPARC"}, {EM_SPARCV9, "SPARC"},  {EM_RISCV, "RISC-V"}, {EM_IA_64, "Itanium"},
        {EM_ALPHA, "Alpha"}, {EM_PARISC, "PA-RISC"}, {EM_68K, "68000"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].machine == binary->machine) {
            snprintf(text, size, "%d-bit %s", binary->bits, names[i].name);
            return;
        }
    }
    snprintf(text, size, "%d-bit program of machine number %u", binary->bits, binary->machine);
}
