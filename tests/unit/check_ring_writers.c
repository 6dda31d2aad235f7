/* Many threads and processes write at once while a reader reads, and some of them are killed. */
#include "../suite.h"
#include "ring_fixture.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "../../shim/ring/cursor.h"

#define PROCESSES 3
#define THREADS 3
#define TURNS 2000
#define WRITERS (PROCESSES * THREADS)
#define TURNS_MOST (5 * TURNS) /* of the threads of one process */

/* Each record has a time of its own, and a writer's records grow in time, as they do in a server. */
#define NAMES 16
static_assert(WRITERS <= NAMES, "the time holds a writer's name");

static struct record made_by(uint64_t name, uint64_t turn)
{
    return pattern(turn * NAMES + name, turn);
}

/* What the reader has seen so far. Turns count from 1. */
struct tally {
    uint64_t last_turn[WRITERS]; /* in this look */
    bool seen[WRITERS][TURNS_MOST + 1];
    uint64_t records, lost;
};

static void count_record(struct tally *tally, const struct record *record)
{
    ck_assert(is_whole(record));
    uint64_t writer = writer_of(record) % NAMES, turn = turn_of(record);
    ck_assert_uint_lt(writer, WRITERS);
    ck_assert(turn >= 1 && turn <= TURNS_MOST);
    ck_assert_msg(!tally->seen[writer][turn], "turn %llu of writer %llu came twice", (unsigned long long)turn,
                  (unsigned long long)writer);
    ck_assert_uint_gt(turn, tally->last_turn[writer]);
    tally->seen[writer][turn] = true;
    tally->last_turn[writer] = turn;
    tally->records++;
}

/*
 * Reads what has come, in each look by time. Who polls waits for nobody: a writer that was interrupted may complete a
 * record and the next one while the reader is between the two, and then the first is found in the next look.
 */
static void read_on(struct cursor *cursor, struct tally *tally)
{
    enum cursor_answer answer;
    struct told told;
    cursor_look(cursor);
    memset(tally->last_turn, 0, sizeof tally->last_turn);
    while ((answer = cursor_next(cursor, &told)) != CURSOR_END) {
        if (answer == CURSOR_RECORD)
            count_record(tally, &told.record);
        else
            tally->lost += told.missing.count;
    }
}

struct writer {
    struct ring *ring;
    uint64_t name, turns;
};

static void *write_turns(void *context)
{
    const struct writer *writer = context;
    struct ring_writer self = {0};
    for (uint64_t turn = 1; turn <= writer->turns; turn++) {
        const struct record record = made_by(writer->name, turn);
        ring_append_by(writer->ring, &self, &record);
    }
    return NULL;
}

/* A process that opens the ring for itself and writes with several threads. */
static void run_process(uint64_t process, uint32_t slots)
{
    struct ring ring = ring_made(slots);
    struct writer writers[THREADS];
    pthread_t threads[THREADS];
    for (uint64_t i = 0; i < THREADS; i++) {
        writers[i] = (struct writer){.ring = &ring, .name = process * THREADS + i, .turns = TURNS};
        if (pthread_create(&threads[i], NULL, write_turns, &writers[i]) != 0)
            _exit(1);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    _exit(0);
}

/* Reads while the processes write: each record that is not lost, once. */
static void read_while_written(uint32_t slots, struct tally *tally)
{
    struct ring ring = ring_made(slots);
    struct cursor cursor;
    int status, running = PROCESSES, failed = 0;
    ck_assert_int_eq(cursor_open(&cursor, &ring, CURSOR_POLL), 0);
    for (uint64_t process = 0; process < PROCESSES; process++)
        if (fork() == 0)
            run_process(process, slots);
    while (running > 0) {
        read_on(&cursor, tally);
        if (waitpid(-1, &status, WNOHANG) > 0) {
            failed += status != 0;
            running--;
        }
        sched_yield();
    }
    read_on(&cursor, tally);
    read_on(&cursor, tally); /* what was overwritten between look and reading */
    ck_assert_int_eq(failed, 0);
    cursor_close(&cursor);
    ring_close(&ring);
}

/* So large that writers who begin at the same moment, and choose the same lane, have room there. */
START_TEST(nothing_is_lost_in_a_large_ring)
{
    static struct tally tally;
    read_while_written(1u << 17, &tally);
    ck_assert_uint_eq(tally.records, (uint64_t)WRITERS * TURNS);
    ck_assert_uint_eq(tally.lost, 0);
    for (int writer = 0; writer < WRITERS; writer++)
        for (int turn = 1; turn <= TURNS; turn++)
            ck_assert(tally.seen[writer][turn]);
}
END_TEST

/*
 * In so small a ring a writer that is interrupted finds that the others have gone round: of the two records in its slot
 * one is not counted, or counted twice. Each interruption costs one at most, and they are few.
 */
static void expect_nearly_all(const struct tally *tally, uint64_t made)
{
    ck_assert_uint_le(tally->records + tally->lost, made + made / 50);
    ck_assert_uint_ge(tally->records + tally->lost, made - made / 50);
}

START_TEST(nothing_is_torn_in_a_small_ring)
{
    static struct tally tally;
    read_while_written(64, &tally);
    expect_nearly_all(&tally, (uint64_t)WRITERS * TURNS);
}
END_TEST

/* Threads of the reader's own process: what a race detector can see. */
START_TEST(threads_of_one_process)
{
    struct ring ring = ring_made(64);
    struct cursor cursor;
    static struct tally tally;
    struct writer writers[THREADS];
    pthread_t threads[THREADS];
    ck_assert_int_eq(cursor_open(&cursor, &ring, CURSOR_POLL), 0);
    const uint64_t end = (uint64_t)THREADS * TURNS_MOST;
    for (uint64_t i = 0; i < THREADS; i++) {
        writers[i] = (struct writer){.ring = &ring, .name = i, .turns = TURNS_MOST};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_turns, &writers[i]), 0);
    }
    while (ring_head(&ring) < end) {
        read_on(&cursor, &tally);
        sched_yield();
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    read_on(&cursor, &tally);
    read_on(&cursor, &tally);
    expect_nearly_all(&tally, end);
    cursor_close(&cursor);
    ring_close(&ring);
}
END_TEST

#define VICTIMS 4
#define KILLS 120
#define SMALL 256u

static pid_t start_victim(struct ring *ring, uint64_t name)
{
    pid_t pid = fork();
    if (pid == 0)
        for (uint64_t turn = 1;; turn++)
            append_pattern(ring, name, turn);
    return pid;
}

/* Every record of the last round that the reader accepts is whole; returns how many it accepts. */
static uint64_t read_last_round(const struct ring *ring)
{
    struct record record;
    uint64_t head = ring_head(ring), records = 0;
    for (uint64_t number = head > SMALL ? head - SMALL : 0; number < head; number++) {
        if (ring_read(ring, number, &record) == RING_RECORD) {
            ck_assert(is_whole(&record));
            records++;
        }
    }
    return records;
}

START_TEST(writers_are_killed_at_random)
{
    struct ring ring = ring_made(SMALL);
    pid_t victims[VICTIMS];
    uint64_t random = 2;
    for (uint64_t i = 0; i < VICTIMS; i++)
        victims[i] = start_victim(&ring, i);
    for (uint64_t kill_number = 0; kill_number < KILLS; kill_number++) {
        const struct timespec moment = {.tv_nsec = (long)(next_random(&random) % 2000000)};
        size_t victim = next_random(&random) % VICTIMS;
        nanosleep(&moment, NULL);
        read_last_round(&ring);
        kill(victims[victim], SIGKILL);
        waitpid(victims[victim], NULL, 0);
        victims[victim] = start_victim(&ring, kill_number);
    }
    for (int i = 0; i < VICTIMS; i++) {
        kill(victims[i], SIGKILL);
        waitpid(victims[i], NULL, 0);
    }
    /* No more than one slot for each that was killed can be without a record, and a round heals them all. */
    ck_assert_uint_ge(read_last_round(&ring) + KILLS + VICTIMS, SMALL);
    for (uint64_t turn = 1; turn <= SMALL; turn++)
        append_pattern(&ring, 1, turn);
    ck_assert_uint_eq(read_last_round(&ring), SMALL);
    ring_close(&ring);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ring writers");
    TCase *writers = tcase_create("writers");
    tcase_add_checked_fixture(writers, make_directory, remove_directory);
    tcase_set_timeout(writers, 120);
    tcase_add_test(writers, nothing_is_lost_in_a_large_ring);
    tcase_add_loop_test(writers, nothing_is_torn_in_a_small_ring, 0, 3);
    tcase_add_test(writers, threads_of_one_process);
    tcase_add_test(writers, writers_are_killed_at_random);
    suite_add_tcase(suite, writers);
    return suite_run(suite);
}
