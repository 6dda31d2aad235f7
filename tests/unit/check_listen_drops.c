/* The kernel's counter of what listeners have dropped, read from its text. */
#include <check.h>
#include <inttypes.h>
#include <unistd.h>

#include "../../shim/refuser/listen_drops.h"
#include "../suite.h"

static const struct {
    const char *text;
    bool is_there;
    uint64_t count;
} texts[] = {
    {"TcpExt: SyncookiesSent ListenOverflows ListenDrops Other\nTcpExt: 1 22 333 4\n", true, 333},
    {"TcpExt: ListenDrops\nTcpExt: 18446744073709551615\n", true, UINT64_MAX},
    {"IpExt: ListenDrops\nIpExt: 7\nTcpExt: A ListenDrops\nTcpExt: 8 9\nMPTcpExt: X\nMPTcpExt: 1\n", true, 9},
    {"TcpExt: ListenDropsToo ListenDrop\nTcpExt: 1 2\n", false, 0},
    {"TcpExt: A ListenDrops\nTcpExt: 1\n", false, 0},
    {"TcpExt: A ListenDrops\n", false, 0},
    {"TcpExt:", false, 0},
    {"TcpExt:TcpExt:", false, 0},
    {"", false, 0},
};

START_TEST(texts_by_table)
{
    uint64_t count = 0;
    ck_assert_int_eq(listen_drops_parse(texts[_i].text, &count), texts[_i].is_there);
    ck_assert_uint_eq(count, texts[_i].count);
}
END_TEST

START_TEST(the_kernel_has_it)
{
    uint64_t count;
    int fd = listen_drops_open();
    ck_assert_int_ge(fd, 0);
    ck_assert(listen_drops_read(fd, &count));
    ck_assert(listen_drops_read(fd, &count));
    close(fd);
    ck_assert(!listen_drops_read(-1, &count));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("listen drops");
    TCase *whole = tcase_create("listen drops");
    tcase_add_loop_test(whole, texts_by_table, 0, sizeof texts / sizeof *texts);
    tcase_add_test(whole, the_kernel_has_it);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
