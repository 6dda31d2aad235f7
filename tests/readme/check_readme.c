/* The commands that the README shows, run as they stand: those that need no installation. `make readme` runs all. */
#include "../cli/child.h"

/* In a directory of the test's own, with the sources where the README has them. */
START_TEST(its_commands_do_what_it_shows)
{
    char line[1024];
    snprintf(line, sizeof line,
             "ln -s %s/../tests tests && PATH=%s:$PATH TMPDIR=%s tests/readme/walk %s/../README.md quick",
             getenv("LISTENAS_BUILD"), getenv("LISTENAS_BUILD"), directory, getenv("LISTENAS_BUILD"));
    struct answer answer = call("sh", "-c", line, (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s%s", answer.out, answer.err);
    ASSERT_SAYS(answer, " commands, 0 mistakes\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {its_commands_do_what_it_shows, NULL};
    return run_suite("readme", tests);
}
