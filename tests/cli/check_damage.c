/* Damaged programs: cut at every length, and with every byte of their tables changed. None may confuse the
 * preflight. */
#include "child.h"

#include <elf.h>

/* A whole dynamic program by its headers, with every table that the preflight reads. It is never executed. */
struct sample {
    Elf64_Ehdr header;
    Elf64_Phdr segments[4];
    char loader[32];
    struct {
        Elf64_Nhdr header;
        char name[4], text[4];
    } note;
    Elf64_Dyn dynamic[5];
    char strings[32];
    Elf64_Shdr sections[3];
};

#define AT(member) offsetof(struct sample, member)

static const struct sample sound = {
    .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
               .e_type = ET_DYN,
               .e_machine = EM_X86_64,
               .e_version = EV_CURRENT,
               .e_phoff = AT(segments),
               .e_shoff = AT(sections),
               .e_ehsize = sizeof(Elf64_Ehdr),
               .e_phentsize = sizeof(Elf64_Phdr),
               .e_phnum = 4,
               .e_shentsize = sizeof(Elf64_Shdr),
               .e_shnum = 3,
               .e_shstrndx = 1},
    .segments = {{.p_type = PT_INTERP, .p_offset = AT(loader), .p_filesz = sizeof "/lib64/ld-linux-x86-64.so.2"},
                 {.p_type = PT_LOAD, .p_filesz = AT(sections), .p_memsz = AT(sections)},
                 {.p_type = PT_NOTE, .p_offset = AT(note), .p_filesz = sizeof sound.note, .p_align = 4},
                 {.p_type = PT_DYNAMIC, .p_offset = AT(dynamic), .p_filesz = sizeof sound.dynamic}},
    .loader = "/lib64/ld-linux-x86-64.so.2",
    .note = {{.n_namesz = 4, .n_descsz = 4, .n_type = 1}, "GNU", "abc"},
    .dynamic = {{.d_tag = DT_STRTAB, .d_un.d_ptr = AT(strings)}, {.d_tag = DT_SONAME, .d_un.d_val = 16}},
    .strings = ".text\0.data\0....ld-linux.so",
    .sections = {{0}, {.sh_offset = AT(strings), .sh_size = sizeof sound.strings}, {.sh_name = 6}},
};

static struct answer try_sample(const void *content, size_t size)
{
    write_file(in_directory("sample"), content, size, 0755);
    return RUN("-n", "-r", "off", "./sample");
}

/* Whether the sample itself can be run here: another machine has another loader. */
static bool sample_is_native(void)
{
#ifdef __x86_64__
    return true;
#else
    fputs("skipped: the sample is a program for x86-64\n", stderr);
    return false;
#endif
}

START_TEST(test_sound)
{
    if (sample_is_native())
        ASSERT_QUIET(try_sample(&sound, sizeof sound), 0);
}
END_TEST

static const char *cut_message(size_t size)
{
    return size == 0 ? "is empty" : size < 4 ? "is neither an ELF program" : "./sample is damaged: ";
}

START_TEST(test_cut)
{
    if (!sample_is_native())
        return;
    for (size_t size = 0; size < sizeof sound; size++)
        ASSERT_TOLD(try_sample(&sound, size), size < 4 ? 126 : 125, cut_message(size));
}
END_TEST

/* A stripped program ends with its last segment. */
START_TEST(test_cut_without_sections)
{
    struct sample stripped = sound;
    stripped.header.e_shoff = 0;
    if (!sample_is_native())
        return;
    for (size_t size = 4; size < AT(sections); size++)
        ASSERT_TOLD(try_sample(&stripped, size), 125, "./sample is damaged: ");
    ASSERT_QUIET(try_sample(&stripped, AT(sections)), 0);
}
END_TEST

/* The name of the loader is copied: it must fit. */
START_TEST(test_long_loader)
{
    static struct {
        struct sample sample;
        char more[1 << 16];
    } large;
    for (int i = 0; i < 2; i++) {
        large.sample = sound;
        large.sample.segments[0].p_filesz = i ? sizeof large.more : 0;
        ASSERT_TOLD(try_sample(&large, sizeof large), 125, "has an impossible length");
    }
}
END_TEST

/* Whatever a changed byte makes of the program, the answer is either silence or one line. */
static void assert_sane(const struct answer *answer, size_t at)
{
    bool quiet = answer->status == 0 && !answer->err[0];
    bool told =
        (answer->status == 125 || answer->status == 126) && strncmp(answer->err, "listenas: ./sample ", 19) == 0;
    ck_assert_msg(quiet || told, "byte %zu: status %d: %s", at, answer->status, answer->err);
}

START_TEST(test_changed)
{
    static const unsigned char values[] = {0x00, 0x7f, 0xff};
    for (size_t at = 0; at < sizeof sound; at++) {
        struct sample changed = sound;
        ((unsigned char *)&changed)[at] = values[(at + (size_t)_i) % 3];
        struct answer answer = try_sample(&changed, sizeof changed);
        assert_sane(&answer, at);
    }
}
END_TEST

/* Without a loader the dynamic section is read as well. */
START_TEST(test_changed_loader)
{
    struct sample loader = sound;
    loader.segments[0].p_type = PT_NULL;
    ASSERT_TOLD(try_sample(&loader, sizeof loader), 125, "is the dynamic loader itself");
    for (size_t at = AT(segments); at < sizeof loader; at++) {
        struct sample changed = loader;
        ((unsigned char *)&changed)[at] = 0xff;
        struct answer answer = try_sample(&changed, sizeof changed);
        assert_sane(&answer, at);
        ck_assert_int_eq(answer.status, 125);
    }
}
END_TEST

/* The fields that say where something is, those first that make a damaged program in any case. */
static size_t place_fields(struct sample *sample, uint64_t *fields[])
{
    size_t count = 0;
    fields[count++] = &sample->header.e_phoff;
    fields[count++] = &sample->header.e_shoff;
    for (int i = 0; i < 4; i++) {
        fields[count++] = &sample->segments[i].p_offset;
        fields[count++] = &sample->segments[i].p_filesz;
    }
    fields[count++] = &sample->sections[1].sh_offset;
    fields[count++] = &sample->sections[1].sh_size;
    fields[count++] = &sample->dynamic[0].d_un.d_ptr;
    fields[count++] = &sample->dynamic[1].d_un.d_val;
    return count;
}

#define FIELDS_OF_SEGMENTS 10

/* Numbers at the ends of their ranges, where sums wrap. */
START_TEST(test_wrapping_numbers)
{
    static const uint64_t numbers[] = {UINT64_MAX, UINT64_MAX - 15, UINT64_C(1) << 63, INT64_MAX, UINT32_MAX, 1u << 31};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint64_t *fields[16];
        struct sample changed;
        size_t count = place_fields(&changed, fields);
        for (size_t field = 0; field < count; field++) {
            changed = sound;
            *fields[field] = numbers[i];
            struct answer answer = try_sample(&changed, sizeof changed);
            assert_sane(&answer, field);
            if (field < FIELDS_OF_SEGMENTS)
                ASSERT_TOLD(answer, 125, "is damaged");
            changed.segments[0].p_type = PT_NULL;
            answer = try_sample(&changed, sizeof changed);
            assert_sane(&answer, field);
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        test_sound,
        test_cut,
        test_cut_without_sections,
        test_long_loader,
        test_changed,
        test_changed_loader,
        test_wrapping_numbers,
        NULL,
    };
    return run_suite("damage", tests);
}
