/*
 * Writers that are killed at any moment: no record that was complete is lost, nor a repetition that was counted, and no
 * slot stays without one. For three seconds; with LISTENAS_SOAK for a minute.
 */
#include "../suite.h"
#include "ring_fixture.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "../../shim/ring/cursor.h"

#define WRITERS 4
#define SLOTS (1u << 17)
/* Nobody writes so many records more while another sleeps: who sleeps for half a round of a lane may lose a call. */
#define AHEAD_MOST (SLOTS / RING_LANES_MOST / 4)
#define RUN_MOST 40

/* What a writer says of itself, in memory that outlives it. */
struct account {
    _Atomic uint64_t last; /* bits 63-8 the number, plus 1, of the record that it completed last, 7-0 its repetitions */
    _Atomic uint64_t turn; /* of that record or the one before */
    _Atomic uint64_t calls; /* in all */
    _Atomic uint64_t begun; /* the ring's head when it was awake last, between two records */
};

static struct ring ring;
static struct account *accounts;

static void set_up(void)
{
    make_directory();
    ring = ring_made(SLOTS);
    accounts = mmap(NULL, WRITERS * sizeof *accounts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(accounts, MAP_FAILED);
}

static void tear_down(void)
{
    munmap(accounts, WRITERS * sizeof *accounts);
    ring_close(&ring);
    remove_directory();
}

/* A writer that is dead is waited for, too, until the next one has its place. */
static void wait_for_others(struct account *mine)
{
    for (uint64_t other = 0; other < WRITERS; other++)
        for (;;) {
            const uint64_t head = ring_head(&ring), begun = accounts[other].begun;
            mine->begun = head;
            if (&accounts[other] == mine || head <= begun + AHEAD_MOST)
                break;
            sched_yield();
        }
}

/* Says what it has done only after it is done: what is said is complete. */
static void write_for_ever(uint64_t writer, uint64_t turn)
{
    struct account *mine = &accounts[writer];
    struct ring_writer self = {0};
    for (;; turn++) {
        const struct record record = pattern(writer, turn);
        wait_for_others(mine);
        uint64_t number = ring_append_by(&ring, &self, &record);
        atomic_store(&mine->last, (number + 1) << 8);
        atomic_store(&mine->turn, turn);
        atomic_fetch_add(&mine->calls, 1);
        for (uint64_t i = 1; i <= mixed(turn) % RUN_MOST && ring_repeat(&ring, number, &record); i++) {
            atomic_store(&mine->last, (number + 1) << 8 | i);
            atomic_fetch_add(&mine->calls, 1);
        }
    }
}

static pid_t start(uint64_t writer, uint64_t turn)
{
    pid_t pid = fork();
    if (pid == 0)
        write_for_ever(writer, turn);
    return pid;
}

/* Whether another may have the slot of this number, and be writing there. */
static bool is_overtaken(uint64_t number)
{
    const struct lane_place place = lane_place(&ring, number);
    return lane_head(&ring, place.lane) > place.seq + lane_slots(&ring);
}

/* Of a writer that is dead: what it completed last is there, unless the others have gone round since. */
static void expect_last(uint64_t writer)
{
    const uint64_t last = accounts[writer].last, number = (last >> 8) - 1, said = last & 0xff;
    struct record record;
    struct repeats repeats;
    if (last == 0)
        return;
    enum ring_answer answer = ring_read_repeats(&ring, number, &record, &repeats);
    if (is_overtaken(number))
        return;
    ck_assert_int_eq(answer, RING_RECORD);
    ck_assert_uint_eq(writer_of(&record), writer);
    ck_assert(is_whole(&record));
    ck_assert_uint_ge(repeats.count, said);
    ck_assert_uint_le(repeats.count, said + 1); /* counted, and killed before it could say so */
}

/* All calls that were completed are told or told as lost; a death can leave one more that nobody said. */
static void expect_all(uint64_t deaths)
{
    uint64_t said = 0, found = 0;
    struct cursor cursor;
    struct told told;
    enum cursor_answer answer;
    for (uint64_t writer = 0; writer < WRITERS; writer++)
        said += accounts[writer].calls;
    ck_assert_int_eq(cursor_open(&cursor, &ring, CURSOR_ONCE), 0);
    while ((answer = cursor_next(&cursor, &told)) != CURSOR_END) {
        ck_assert(answer != CURSOR_RECORD || is_whole(&told.record));
        if (answer == CURSOR_RECORD)
            found += 1 + told.repeats.count;
        else if (told.gap == GAP_OVERWRITTEN)
            found += told.missing.count;
        else
            ck_assert_int_eq((int)told.gap, (int)GAP_UNFINISHED);
    }
    cursor_close(&cursor);
    ck_assert_msg(found >= said && found <= said + deaths, "%llu calls said, %llu found, %llu deaths",
                  (unsigned long long)said, (unsigned long long)found, (unsigned long long)deaths);
}

START_TEST(no_completed_record_is_lost)
{
    const time_t end = time(NULL) + (getenv("LISTENAS_SOAK") ? 60 : 3);
    pid_t writers[WRITERS];
    uint64_t random = 5, deaths = 0;
    for (uint64_t writer = 0; writer < WRITERS; writer++)
        writers[writer] = start(writer, 1);
    for (; time(NULL) < end; deaths++) {
        const struct timespec moment = {.tv_nsec = (long)(next_random(&random) % 3000000)};
        uint64_t writer = next_random(&random) % WRITERS;
        nanosleep(&moment, NULL);
        kill(writers[writer], SIGKILL);
        waitpid(writers[writer], NULL, 0);
        expect_last(writer);
        writers[writer] = start(writer, accounts[writer].turn + 2);
    }
    for (uint64_t writer = 0; writer < WRITERS; writer++, deaths++) {
        kill(writers[writer], SIGKILL);
        waitpid(writers[writer], NULL, 0);
    }
    for (uint64_t writer = 0; writer < WRITERS; writer++)
        expect_last(writer);
    expect_all(deaths);
    for (uint32_t i = 0; i < 2 * SLOTS; i++)
        append_pattern(&ring, 1, i);
    for (uint32_t i = 0; i < SLOTS; i++)
        ck_assert(stamp_is_whole(ring.slots[i].stamp));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ring killed");
    TCase *killed = tcase_create("killed");
    tcase_add_checked_fixture(killed, set_up, tear_down);
    tcase_set_timeout(killed, 180);
    tcase_add_test(killed, no_completed_record_is_lost);
    suite_add_tcase(suite, killed);
    return suite_run(suite);
}
