/* Files that are no ring, no whole ring, or a ring that was damaged. */
#include "../suite.h"
#include "ring_fixture.h"

#define SLOTS 64u
#define SIZE_MOST 65536u
#define RECORDS (SLOTS + 20u)

static _Alignas(8) unsigned char sound[SIZE_MOST]; /* a ring of RECORDS records, as it is in its file */
static size_t sound_size;

static void write_file(const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
    close(fd);
}

static void set_up(void)
{
    make_directory();
    struct ring ring = ring_made(SLOTS);
    for (uint64_t turn = 0; turn < RECORDS; turn++)
        append_pattern(&ring, 1, turn);
    sound_size = ring.size;
    ck_assert_uint_le(sound_size, sizeof sound);
    memcpy(sound, ring.header, sound_size);
    ring_close(&ring);
}

/* Neither the writer nor the reader takes the file. */
static void expect_refused(void)
{
    struct ring ring = {0};
    const struct ring_identity identity = identity_of(SLOTS);
    ck_assert_int_eq(ring_open(&ring, path, &identity), EEXIST);
    ck_assert_ptr_nonnull(ring_open_to_read(&ring, path));
}

/* Reads every number that means anything, and some that do not: what is accepted must be what was written. */
static unsigned int read_everything(const struct ring *ring)
{
    struct record record;
    unsigned int records = 0;
    const uint64_t head = ring_head(ring), far[] = {head, head - 1, head + SLOTS, UINT64_MAX, UINT64_MAX / 2};
    for (uint64_t number = 0; number < RECORDS + SLOTS; number++) {
        if (ring_read(ring, number, &record) != RING_RECORD)
            continue;
        const struct record expected = pattern(1, number);
        ck_assert_mem_eq(&record, &expected, sizeof record);
        records++;
    }
    for (size_t i = 0; i < sizeof far / sizeof *far; i++)
        ring_read(ring, far[i], &record);
    return records;
}

START_TEST(sound_file_is_read)
{
    struct ring ring;
    write_file(sound, sound_size);
    ck_assert_ptr_null(ring_open_to_read(&ring, path));
    ck_assert_uint_eq(read_everything(&ring), SLOTS);
    ring_close(&ring);
}
END_TEST

START_TEST(truncated_file_is_refused)
{
    for (size_t size = 0; size < sound_size; size += size < 64 ? 1 : 61) {
        write_file(sound, size);
        expect_refused();
    }
    for (size_t slot = 0; slot < SLOTS; slot++) {
        write_file(sound, sound_size - (slot + 1) * sizeof(struct ring_slot));
        expect_refused();
    }
    write_file(sound, sound_size - 1);
    expect_refused();
}
END_TEST

START_TEST(foreign_file_is_refused)
{
    static unsigned char bytes[SIZE_MOST];
    uint64_t random = 3;
    write_file(bytes, sound_size);
    expect_refused();
    memset(bytes, 'a', sizeof bytes);
    write_file(bytes, sound_size);
    expect_refused();
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)next_random(&random);
    write_file(bytes, sound_size);
    expect_refused();
}
END_TEST

START_TEST(every_flipped_bit_of_the_kind_is_refused)
{
    static unsigned char bytes[SIZE_MOST];
    for (size_t bit = 0; bit < 8 * sizeof(struct ring_kind); bit++) {
        memcpy(bytes, sound, sizeof bytes);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        write_file(bytes, sound_size);
        expect_refused();
    }
}
END_TEST

#define FIELD(name) offsetof(struct ring_kind, name)
#define TABLE(number, name) (FIELD(tables[number]) + offsetof(struct ring_table, name))
/* What each file of this version says to be there. */
#define USUAL (RING_COMPATIBLE_TURNED_AWAY | RING_COMPATIBLE_HISTORIES | RING_COMPATIBLE_SETTINGS)
#define CONTRADICTION "is damaged: its header contradicts itself"

/* One number of a sound kind changed, with its sum made right again. */
START_TEST(faults_are_told_apart)
{
    static const struct {
        size_t field;
        uint32_t value;
        const char *fault;
    } rows[] = {
        {FIELD(compatible), 1u << 31 | USUAL, NULL},
        {FIELD(compatible), RING_COMPATIBLE_CASES | USUAL, CONTRADICTION},
        {FIELD(compatible), USUAL & ~RING_COMPATIBLE_SETTINGS, CONTRADICTION}, /* the table is there */
        {FIELD(incompatible), 1, "is a ring of a later version of listenas"},
        {FIELD(magic), 0x41414141, "is not a ring of listenas"},
        {FIELD(version), 3, "is a ring of another version of listenas"},
        {FIELD(version), 5, "is a ring of another version of listenas"},
        {FIELD(byte_order), 0x04030201, "was written on a machine of the other byte order"},
        {FIELD(slots), 0, CONTRADICTION},
        {FIELD(slots), 32, CONTRADICTION},
        {FIELD(slots), 65, CONTRADICTION},
        {FIELD(slots), 1u << 31, CONTRADICTION},
        {FIELD(slots), 128, "is truncated"},
        {FIELD(slot_size), 64, CONTRADICTION},
        {FIELD(lanes), 0, CONTRADICTION},
        {FIELD(lanes), 3, CONTRADICTION},
        {FIELD(lanes), 16, CONTRADICTION},
        {FIELD(lanes), 2, NULL},
        {FIELD(header_size), 0, CONTRADICTION},
        {FIELD(header_size), 4095, CONTRADICTION},
        {FIELD(header_size), 8192, CONTRADICTION},
        {FIELD(header_size), (1 << 20) + 4096, CONTRADICTION},
        {FIELD(slots_offset), 4096, CONTRADICTION},
        {FIELD(slots_offset), 1, CONTRADICTION},
        {FIELD(slots_offset), UINT32_MAX & ~UINT32_C(4095), "is truncated"},
        {TABLE(TABLE_SITES, offset), 0, CONTRADICTION},
        {TABLE(TABLE_SITES, offset), UINT32_MAX & ~UINT32_C(63), CONTRADICTION},
        {TABLE(TABLE_SITES, entries), UINT32_MAX, CONTRADICTION},
        {TABLE(TABLE_SITES, entries), 0, NULL},
        {TABLE(TABLE_SITES, entry_size), 88, CONTRADICTION},
        {TABLE(TABLE_SITES, entry_size), UINT32_MAX, CONTRADICTION},
        {TABLE(TABLE_MODULES, entry_size), 8, CONTRADICTION},
        {TABLE(TABLE_CASES, entries), 1, CONTRADICTION}, /* that is not said to be there */
        {TABLE(RING_TABLES - 1, offset), 77, NULL},      /* a table that this reader does not know */
    };
    struct ring_kind kind;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memcpy(&kind, sound, sizeof kind);
        memcpy((char *)&kind + rows[i].field, &rows[i].value, sizeof rows[i].value);
        kind.sum = ring_kind_sum(&kind);
        const char *fault = ring_fault(&kind, sound_size);
        ck_assert_msg(fault == rows[i].fault || (fault && rows[i].fault && strcmp(fault, rows[i].fault) == 0),
                      "row %zu: %s", i, fault ? fault : "sound");
    }
    memcpy(&kind, sound, sizeof kind);
    ck_assert_pstr_eq(ring_fault(&kind, sound_size - 1), "is truncated");
    ck_assert_pstr_eq(ring_fault(&kind, 0), "is truncated");
    ck_assert_ptr_null(ring_fault(&kind, 1 << 30));
    /* a sparse file of nothing but listeners, which each look would go through */
    kind.tables[TABLE_LISTENERS].entries = 100000;
    kind.slots_offset = 1u << 30;
    kind.sum = ring_kind_sum(&kind);
    ck_assert_pstr_eq(ring_fault(&kind, UINT64_C(1) << 31), CONTRADICTION);
}
END_TEST

/* What this reader can read, this writer may not be able to write. */
START_TEST(a_later_ring_is_not_joined)
{
    struct ring_kind *kind = (struct ring_kind *)sound;
    const struct ring_identity identity = identity_of(SLOTS);
    struct ring ring;
    kind->compatible |= 1u << 31;
    kind->sum = ring_kind_sum(kind);
    write_file(sound, sound_size);
    ck_assert_int_eq(ring_open(&ring, path, &identity), EEXIST);
    ck_assert_ptr_null(ring_open_to_read(&ring, path));
    ck_assert_uint_eq(read_everything(&ring), SLOTS);
    ring_close(&ring);
}
END_TEST

static void damage(unsigned char *bytes, uint64_t *random)
{
    uint64_t flips = 1 + next_random(random) % 64;
    while (flips--) {
        /* Every other one in the header's first lines, or it would hardly ever be hit. */
        uint64_t bit = next_random(random) % (8 * (flips & 1 ? 2048 : sound_size));
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

START_TEST(damaged_file_gives_no_false_record)
{
    static unsigned char bytes[SIZE_MOST];
    uint64_t random = 4;
    struct ring ring;
    for (int turn = 0; turn < 1500; turn++) {
        memcpy(bytes, sound, sizeof bytes);
        damage(bytes, &random);
        if (turn & 1)
            memcpy(bytes, sound, sizeof(struct ring_kind)); /* past the first check */
        write_file(bytes, sound_size);
        if (ring_open_to_read(&ring, path))
            continue;
        read_everything(&ring);
        ring_close(&ring);
    }
}
END_TEST

/* A writer that joins a file with nonsense in every field that is not checked. */
START_TEST(damaged_file_can_be_written_to)
{
    static unsigned char bytes[SIZE_MOST];
    struct record record;
    memset(bytes, 0xff, sizeof bytes);
    memcpy(bytes, sound, sizeof(struct ring_kind));
    write_file(bytes, sound_size);
    struct ring ring = ring_made(SLOTS);
    for (uint64_t turn = 0; turn < 3 * SLOTS; turn++) {
        uint64_t number = ring_head(&ring);
        append_pattern(&ring, 2, turn);
        ck_assert_int_eq(ring_read(&ring, number, &record), RING_RECORD);
        ck_assert(is_whole(&record));
    }
    ring_close(&ring);
}
END_TEST

START_TEST(reader_refuses_what_is_no_plain_file)
{
    struct ring ring;
    unlink(path);
    ck_assert_str_eq(ring_open_to_read(&ring, path), strerror(ENOENT));
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_str_eq(ring_open_to_read(&ring, path), "is not a regular file");
    ck_assert_str_eq(ring_open_to_read(&ring, directory), "is not a regular file");
    ck_assert_str_eq(ring_open_to_read(&ring, "/dev/zero"), "is not a regular file");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ring damage");
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, set_up, remove_directory);
    tcase_set_timeout(files, 120);
    tcase_add_test(files, sound_file_is_read);
    tcase_add_test(files, truncated_file_is_refused);
    tcase_add_test(files, foreign_file_is_refused);
    tcase_add_test(files, every_flipped_bit_of_the_kind_is_refused);
    tcase_add_test(files, faults_are_told_apart);
    tcase_add_test(files, a_later_ring_is_not_joined);
    tcase_add_test(files, damaged_file_gives_no_false_record);
    tcase_add_test(files, damaged_file_can_be_written_to);
    tcase_add_test(files, reader_refuses_what_is_no_plain_file);
    suite_add_tcase(suite, files);
    return suite_run(suite);
}
