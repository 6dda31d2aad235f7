/*
 * The filter's program, run here over segments made by hand.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "../../shim/refuser/syn_filter.h"
#include "../suite.h"

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define PSH 0x08
#define ACK 0x10
#define ECN 0xc0

static struct sock_filter code[SYN_FILTER_MOST];
static uint16_t ports[65536];

/* --- a machine --- */

struct machine {
    const uint8_t *bytes;
    size_t size;
    uint32_t a, x, random;
    bool bad; /* it read what is not there: the kernel then lets nothing pass */
};

static uint32_t load(struct machine *machine, uint32_t at, size_t width)
{
    uint32_t value = 0;
    if (at == (uint32_t)(SKF_AD_OFF + SKF_AD_RANDOM))
        return machine->random;
    if (at > machine->size || machine->size - at < width) {
        machine->bad = true;
        return 0;
    }
    for (size_t i = 0; i < width; i++)
        value = value << 8 | machine->bytes[at + i];
    return value;
}

static size_t width_of(uint16_t instruction)
{
    return BPF_SIZE(instruction) == BPF_W ? 4 : BPF_SIZE(instruction) == BPF_H ? 2 : 1;
}

static size_t jump(const struct machine *machine, const struct sock_filter *at)
{
    switch (BPF_OP(at->code)) {
    case BPF_JA:
        return at->k;
    case BPF_JEQ:
        return machine->a == at->k ? at->jt : at->jf;
    case BPF_JGE:
        return machine->a >= at->k ? at->jt : at->jf;
    case BPF_JSET:
        return machine->a & at->k ? at->jt : at->jf;
    default:
        ck_abort_msg("a jump that is not known");
    }
}

static void work(struct machine *machine, const struct sock_filter *at)
{
    switch (at->code) {
    case BPF_LDX | BPF_B | BPF_MSH:
        machine->x = (load(machine, at->k, 1) & 15) * 4;
        return;
    case BPF_LDX | BPF_W | BPF_IMM:
        machine->x = at->k;
        return;
    case BPF_ALU | BPF_AND | BPF_K:
        machine->a &= at->k;
        return;
    }
    if (BPF_CLASS(at->code) != BPF_LD || (BPF_MODE(at->code) != BPF_ABS && BPF_MODE(at->code) != BPF_IND))
        ck_abort_msg("an instruction that is not known");
    machine->a = load(machine, at->k + (BPF_MODE(at->code) == BPF_IND ? machine->x : 0), width_of(at->code));
}

/* How many bytes pass. */
static uint32_t run(const struct sock_filter *program, size_t length, struct machine machine)
{
    for (size_t at = 0; at < length; at++) {
        if (BPF_CLASS(program[at].code) == BPF_RET)
            return program[at].k;
        if (BPF_CLASS(program[at].code) == BPF_JMP)
            at += jump(&machine, &program[at]);
        else
            work(&machine, &program[at]);
        if (machine.bad)
            return 0;
    }
    ck_abort_msg("the program has no end");
}

/* --- segments --- */

static uint32_t pass(size_t length, int family, size_t head, uint8_t flags, uint16_t port, size_t size, uint32_t random)
{
    uint8_t bytes[128] = {0};
    size_t tcp = family == AF_INET ? head : 0;
    bytes[0] = (uint8_t)(0x40 | head / 4);
    bytes[tcp + 2] = (uint8_t)(port >> 8);
    bytes[tcp + 3] = (uint8_t)port;
    bytes[tcp + 13] = flags;
    return run(code, length, (struct machine){.bytes = bytes, .size = size, .random = random});
}

static const int families[] = {AF_INET, AF_INET6};

static size_t whole(int family)
{
    return family == AF_INET ? 40 : 20;
}

/* So many ports, some of them neighbours, the least and the greatest of all among them. */
static size_t choose_ports(size_t count)
{
    for (size_t i = 0; i < count; i++)
        ports[i] = (uint16_t)(i % 2 ? 1 + i * 65534 / count : 1 + i * 65534 / count + 1);
    if (count > 0)
        ports[count - 1] = 65535;
    if (count > 1)
        ports[0] = 1;
    for (size_t i = 1; i < count; i++)
        ck_assert_uint_gt(ports[i], ports[i - 1]);
    return count;
}

START_TEST(each_port_of_all_is_sorted_right)
{
    static const size_t counts[] = {0, 1, 2, 7, 8, 9, 16, 17, 100, 1023, 1499, 1500, 1501, 4096};
    static bool wanted[65536];
    size_t count = choose_ports(counts[_i]);
    memset(wanted, count > SYN_FILTER_PORTS, sizeof wanted);
    for (size_t i = 0; i < count; i++)
        wanted[ports[i]] = true;
    for (int f = 0; f < 2; f++) {
        size_t length = syn_filter_write(code, families[f], ports, count);
        ck_assert_uint_le(length, SYN_FILTER_MOST);
        int wrong = -1;
        for (int port = 0; port < 65536; port++)
            if (pass(length, families[f], 20, SYN, (uint16_t)port, whole(families[f]), 0) !=
                (wanted[port] ? SYN_FILTER_BYTES : 0))
                wrong = port;
        ck_assert_msg(wrong < 0, "%zu ports, family %d: port %d", count, families[f], wrong);
    }
}
END_TEST

/* The kernel itself takes each of these programs. */
START_TEST(the_kernel_accepts_the_program)
{
    static const size_t counts[] = {0, 1, 8, 9, 100, 1499, 1500, 1501};
    size_t count = choose_ports(counts[_i]);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (int f = 0; f < 2; f++) {
        struct sock_fprog program = {.filter = code};
        program.len = (unsigned short)syn_filter_write(code, families[f], ports, count);
        ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
    }
}
END_TEST

START_TEST(flags_tell_a_syn)
{
    const uint16_t port = 80;
    for (int f = 0; f < 2; f++) {
        size_t length = syn_filter_write(code, families[f], &port, 1);
        for (int flags = 0; flags < 256; flags++) {
            bool is_syn = (flags & (FIN | SYN | RST | ACK)) == SYN;
            uint32_t seldom = pass(length, families[f], 20, (uint8_t)flags, 80, whole(families[f]), 64);
            uint32_t mostly = pass(length, families[f], 20, (uint8_t)flags, 80, whole(families[f]), 63);
            ck_assert_uint_eq(seldom, is_syn ? SYN_FILTER_BYTES : 1);
            ck_assert_uint_eq(mostly, is_syn ? SYN_FILTER_BYTES : 0);
            ck_assert_uint_eq(pass(length, families[f], 20, (uint8_t)flags, 81, whole(families[f]), 0), is_syn ? 0 : 1);
        }
    }
}
END_TEST

START_TEST(options_of_ipv4_are_skipped)
{
    const uint16_t port = 80;
    size_t length = syn_filter_write(code, AF_INET, &port, 1);
    for (size_t head = 20; head <= 60; head += 4) {
        ck_assert_uint_eq(pass(length, AF_INET, head, SYN, 80, head + 20, 0), SYN_FILTER_BYTES);
        ck_assert_uint_eq(pass(length, AF_INET, head, SYN, 81, head + 20, 0), 0);
    }
}
END_TEST

START_TEST(a_segment_that_is_cut_off_does_not_pass)
{
    const uint16_t port = 80;
    for (int f = 0; f < 2; f++) {
        size_t length = syn_filter_write(code, families[f], &port, 1);
        for (size_t size = 0; size < whole(families[f]) - 6; size++)
            ck_assert_uint_eq(pass(length, families[f], 20, SYN, 80, size, 0), 0);
    }
}
END_TEST

START_TEST(one_of_so_many_others_passes)
{
    const uint16_t port = 80;
    size_t length = syn_filter_write(code, AF_INET, &port, 1);
    int passed = 0;
    for (uint32_t random = 0; random < 100 * SYN_FILTER_SAMPLE; random++)
        passed += pass(length, AF_INET, 20, ACK, 80, 40, random) != 0;
    ck_assert_int_eq(passed, 100);
}
END_TEST

static Suite *syn_filter(void)
{
    Suite *suite = suite_create("SYN filter");
    TCase *all = tcase_create("SYN filter");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, each_port_of_all_is_sorted_right, 0, 14);
    tcase_add_loop_test(all, the_kernel_accepts_the_program, 0, 8);
    tcase_add_test(all, flags_tell_a_syn);
    tcase_add_test(all, options_of_ipv4_are_skipped);
    tcase_add_test(all, a_segment_that_is_cut_off_does_not_pass);
    tcase_add_test(all, one_of_so_many_others_passes);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return suite_run(syn_filter());
}
