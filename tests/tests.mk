# Every tests/*/check_*.c is a test program; tests/conformance has one program more, the observer, tests/oracle a
# probe; the rest have their own main.
CHECKS := $(patsubst %.c,$(B)/%,$(wildcard tests/*/check_*.c))
FUZZ := $(patsubst %.c,$(B)/%,$(filter-out tests/fuzz/check_%,$(wildcard tests/fuzz/*.c)))
SEQUENCES_O := $(patsubst %.c,$(B)/%.o,$(wildcard tests/fuzz/sequences/*.c))
DRIVER_O := $(patsubst %.c,$(B)/%.o,$(wildcard tests/fuzz/driver/*.c)) $(B)/tests/fuzz/sequences/plan.o \
    $(B)/tests/fuzz/sequences/address.o $(B)/tests/fuzz/sequences/option.o
# The engine of the targets is ours, or libFuzzer.
ENGINE_O := $(patsubst %,$(B)/tests/fuzz/engine/%.o,$(if $(LIBFUZZER),,main mutate) check loaded)
CONFORM_O := $(patsubst %.c,$(B)/%.o,$(filter-out tests/conformance/check_%,$(wildcard tests/conformance/*.c))) \
    $(B)/shim/profile/errno_name.o
# The probe makes its sockets as the observer does; one listener it makes by a system call that no library sees.
PROBE_O := $(patsubst %.c,$(B)/%.o,$(filter-out tests/oracle/check_%,$(wildcard tests/oracle/*.c))) \
    $(patsubst %,$(B)/tests/conformance/%.o,answers crowd flags directory socket) $(B)/shim/kernel/system.o $(B)/shim/profile/errno_name.o
# The refuser's bench has several parts; the others are one file each.
REFUSER_BENCH := $(patsubst %,$(B)/tests/bench/%.o,refuser side keepalive flood usage storms)
BENCH := $(filter-out $(REFUSER_BENCH:.o=),$(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c))) $(B)/tests/bench/refuser
TEST_O := $(CHECKS:%=%.o) $(FUZZ:%=%.o) $(CONFORM_O) $(PROBE_O) $(SEQUENCES_O) $(DRIVER_O) $(ENGINE_O) $(BENCH:%=%.o) $(REFUSER_BENCH) \
    $(B)/tests/refuser/server.o $(B)/tests/pictures/screen.o $(B)/tests/example/platforms.o $(B)/tests/conformance/syscall/functions.o $(B)/tests/unit/key_scenarios.o

# An archive gives what the objects before it lack.
parts = $(filter %.o,$^) $(filter %.a,$^)

BUILD_NEEDS = gcc binutils libc6-dev libinih-dev libjansson-dev libdw-dev libncurses-dev
DEMO_NEEDS = $(BUILD_NEEDS) curl
CHECK_NEEDS = $(DEMO_NEEDS) check binutils iproute2 nftables libsocket-wrapper libxml2-utils musl-tools python3-pytest mandoc
# On amd64 the compiler's part for 32-bit programs. The package gcc-multilib would bring it, too, but excludes Debian's
# cross compilers. The shell asks for the version, when there is a compiler.
GCC = $$(gcc -dumpversion | cut -d. -f1)
CHECK_NEEDS_OF_GCC = $(if $(filter amd64,$(shell dpkg --print-architecture 2>/dev/null)),gcc-$(GCC)-multilib)

LIBCHECK ?= -lcheck -lsubunit
$(CHECKS): $(B)/%: $(B)/%.o $(B)/shared.a
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $(parts) $(LIBRARIES) -l:libinih.a $(LIBCHECK) -lm -lrt -lpthread -ldl

# As any program that reads rings.
$(B)/tests/refuser/check_told: $(B)/shim/ring/reader/listenas-ring.o

# Parts of the harness.
harness_parts = $(patsubst %,$(B)/shim/cli/test/%.o,$(1))
$(B)/tests/unit/check_bisect: $(call harness_parts,bisect memory)
$(B)/tests/unit/check_judged: $(patsubst %.c,$(B)/%.o,$(wildcard shim/cli/judge/*.c))
probe_parts = $(patsubst %,$(B)/shim/cli/probe/%.o,$(1))
$(B)/tests/probe/check_platforms $(B)/tests/probe/check_recorded: $(call probe_parts,report measured meaning queues sharing ports compare)
$(B)/tests/unit/check_tap: $(call harness_parts,tap points document check_log file memory)
$(B)/tests/unit/check_live: $(patsubst %,$(B)/shim/cli/%.o,age live/listener live/words grow log/address log/names top/rows)
$(B)/tests/unit/check_select: $(patsubst %.c,$(B)/%.o,$(wildcard shim/cli/select/*.c))
$(B)/tests/unit/check_log_line: $(B)/shim/cli/log/text_line.o $(B)/shim/cli/log/times.o
# Reports are read as whoever gets them does.
$(B)/tests/unit/check_tap $(B)/tests/cli/check_test_report $(B)/tests/cli/check_lint $(B)/tests/cli/check_profiles $(B)/tests/cli/check_doctor: private LIBRARIES = -l:libjansson.a

# They stand between the library's system calls and the kernel, and have them fail, or answer less.
$(B)/tests/unit/check_faults $(B)/tests/unit/check_short_answers: private FLAGS += -Wl,--wrap=system_call
$(B)/tests/unit/check_keys: $(B)/tests/unit/key_scenarios.o
$(B)/tests/fuzz/check_sequences: $(DRIVER_O)

# The report's and the export's own parts; a trace is read by a reader of JSON that is not ours.
$(B)/tests/unit/check_http: $(B)/shim/cli/export/http.o
$(B)/tests/unit/check_series: $(B)/shim/cli/view/series.o
$(B)/tests/cli/check_export: private LIBRARIES = -l:libjansson.a

# The target of the ring calls the command's own reader.
$(FUZZ): $(B)/%: $(B)/%.o $(ENGINE_O) $(B)/shared.a
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) $(LIBFUZZER) -o $@ $(parts) -l:libinih.a $(READS_SYMBOLS)
$(B)/tests/fuzz/ring: $(patsubst %.c,$(B)/%.o,$(filter-out %/main.c %/own_calls.c %/verb.c %/json.c,$(wildcard $(addprefix shim/cli/,*.c log/*.c select/*.c symbols/*.c profiles/entry.c live/guard.c))))
$(B)/tests/fuzz/ring: private READS_SYMBOLS = -ldw -lelf
$(B)/tests/fuzz/engine/main.o: FLAGS += -DCORPUS='"$(abspath tests/fuzz/corpus)"'

# Each socket call of the observer passes through untouched.c.
WRAPPED = socket bind listen connect accept accept4 setsockopt getsockopt shutdown getsockname getpeername
$(B)/tests/conformance/conform $(B)/tests/conformance/conform-by-number: private FLAGS += $(WRAPPED:%=-Wl,--wrap=%)

# The observer knows nothing of listenas but how an errno is called: it must run, and say the truth, on any platform.
$(B)/tests/conformance/conform: $(CONFORM_O)
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $^ -lpthread

# Nor does what makes random calls.
$(B)/tests/fuzz/sequences/sequences: $(SEQUENCES_O)
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $^ -lrt

# The probe as a user compiles it.
PROBE_WARN = -std=c89 -pedantic -Wall -Wextra -Wshadow -Wconversion
$(B)/tests/probe/probe: $(B)/probe.c
	@mkdir -p $(@D)
	$(call say,cc,$@)
	$(Q)$(CC) $(PROBE_WARN) $(WERROR) -O -o $@ $<

# The same, with every call made by number.
$(B)/tests/conformance/conform-by-number: $(CONFORM_O) $(B)/tests/conformance/syscall/functions.o
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $^ -lpthread

# Nor does the probe.
$(B)/tests/oracle/probe: $(PROBE_O)
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $^

# One program times the others; the tracepoint is there to compare with, where LTTng is installed.
$(BENCH): $(B)/%: $(B)/%.o $(B)/shared.a
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $(parts) -l:libinih.a -lpthread -ldl $(if $(wildcard /usr/include/*/lttng/tracepoint.h),-llttng-ust)
$(B)/tests/bench/refuser: $(REFUSER_BENCH)
# What a start is compared with: a library of nothing.
$(B)/tests/bench/empty.so: Makefile
	@mkdir -p $(@D)
	$(Q)echo 'typedef int nothing;' | $(CC) $(CFLAGS) -shared -fPIC -o $@ -x c -
$(B)/tests/bench/tracepoint.o: FLAGS += -Itests/bench

SOAK_O := $(patsubst %.c,$(B)/%.o,$(wildcard tests/soak/*.c)) $(B)/tests/bench/flood.o
$(B)/tests/soak/soak: $(SOAK_O) $(B)/shared.a
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $(parts) -l:libinih.a

$(B)/tests/demo/fill: $(B)/tests/demo/fill.o
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $^

$(B)/tests/servers/acceptfilter: $(B)/tests/servers/acceptfilter.o $(B)/shim/profile/errno_name.o
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $^

$(B)/tests/pictures/screen: $(B)/tests/pictures/screen.o
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $^

# As a program of another project is built: by the header alone.
$(B)/tests/example/platforms.o: FLAGS += -Ishim/api
$(B)/tests/example/platforms: $(B)/tests/example/platforms.o
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $^ $(LIBCHECK) -lm -lrt -lpthread -ldl

$(B)/tests/refuser/server: $(B)/tests/refuser/server.o
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $^ -lpthread

# With all that `make install` makes: more than one test installs, and none may build meanwhile.
test-programs: all $(B)/share/complete $(CHECKS) $(FUZZ) $(B)/tests/conformance/conform $(B)/tests/conformance/conform-by-number \
    $(B)/tests/fuzz/sequences/sequences $(B)/tests/oracle/probe $(B)/tests/probe/probe $(B)/tests/servers/acceptfilter $(B)/tests/refuser/server $(B)/tests/example/platforms

# The observer as a program of musl's, for tests/conformance/check_musl.c; nothing where there is no musl.
musl-programs:
	+@if command -v $(firstword $(MUSL_CC)) >/dev/null; then \
	    $(MAKE) --no-print-directory musl && $(MUSL_MAKE) --no-print-directory $(B)/musl/tests/conformance/conform; fi

# The pictures of the README, from real runs.
pictures:
	@tests/needs $(DEMO_NEEDS) iproute2
	@$(MAKE) --no-print-directory all $(B)/tests/demo/fill $(B)/tests/pictures/screen
	@tests/servers/fetch inetd lighttpd nginx
	@tests/pictures/top >$(B)/top.svg && mv $(B)/top.svg tests/pictures/top.svg

# Every test, on a fresh machine too. Each step is a make of its own: the first may install the compiler.
check:
	@tests/needs $(CHECK_NEEDS)
	@tests/needs $(CHECK_NEEDS_OF_GCC)
	@$(MAKE) --no-print-directory -j$$(nproc) test-programs
	@$(MAKE) --no-print-directory -j$$(nproc) musl-programs
	@tests/servers/fetch
	@tests/inih32 $(B)/inih32
	@[ ! -e $(B)/inih32/libinih.a ] || $(MAKE) --no-print-directory -j$$(nproc) lib32
	@$(MAKE) --no-print-directory -j$$(nproc) sanitized
	@tests/run $(CHECKS) $(FUZZ) $(SANITIZED)

# The same unit tests, instrumented.
UNITS := $(filter $(B)/tests/unit/%,$(CHECKS)) $(FUZZ)
# ThreadSanitizer's own instructions are too many to be stepped through, and it looks at threads alone.
NO_THREADS := $(B)/tests/unit/check_ring_steps $(FUZZ)
TSAN_UNITS := $(patsubst $(B)/%,$(B)/tsan/%,$(filter-out $(NO_THREADS),$(UNITS)))
SANITIZED = $(UNITS:$(B)/%=$(B)/asan/%) $(TSAN_UNITS)
sanitized:
	@$(MAKE) --no-print-directory -s B=$(B)/asan CFLAGS='-O1 -g' \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all' $(UNITS:$(B)/%=$(B)/asan/%)
	@$(MAKE) --no-print-directory -s B=$(B)/tsan CFLAGS='-O1 -g' SANITIZE='-fsanitize=thread' $(TSAN_UNITS)

# What is written for other architectures, by qemu-user: both word sizes, both byte orders.
CROSS = arm64:aarch64-linux-gnu:aarch64 armhf:arm-linux-gnueabihf:arm riscv64:riscv64-linux-gnu:riscv64 s390x:s390x-linux-gnu:s390x
part = $(word $(2),$(subst :, ,$(1)))
CROSS_NEEDS = qemu-user iproute2 $(foreach target,$(CROSS),gcc-$(GCC)-$(call part,$(target),2) libc6-dev-$(call part,$(target),1)-cross)
cross:
	@tests/needs $(BUILD_NEEDS)
	@tests/needs $(CROSS_NEEDS)
	@$(MAKE) --no-print-directory -j$$(nproc) all $(B)/tests/conformance/conform $(B)/tests/probe/probe
	@tests/cross/cross $(GCC) $(CROSS)

demo:
	@tests/needs $(DEMO_NEEDS)
	@$(MAKE) --no-print-directory all $(B)/tests/demo/fill
	@tests/servers/fetch inetd
	@tests/demo/demo

# The README's commands, all of them, in a new, bare Debian root: some ten minutes, as root, with debootstrap.
readme:
	@tests/readme/root

# The same targets with libFuzzer, for FUZZ_SECONDS each: what is new and of use goes into the corpus.
CLANG = clang
FUZZ_SECONDS = 60
FUZZ_NAMES = $(FUZZ:$(B)/tests/fuzz/%=%)
fuzz:
	@tests/needs $(BUILD_NEEDS)
	@echo 'int LLVMFuzzerTestOneInput(const char *, long);int LLVMFuzzerTestOneInput(const char *d, long n) { return !d && n; }' | \
	    $(CLANG) -fsanitize=fuzzer,address -x c -o /dev/null - 2>/dev/null || tests/needs clang libclang-rt-dev
	@$(MAKE) --no-print-directory -j$$(nproc) $(FUZZ)
	@$(MAKE) --no-print-directory -j$$(nproc) B=$(B)/fuzz CC=$(CLANG) HOSTCC='$(HOSTCC)' CFLAGS='-O1 -g' LIBFUZZER=-fsanitize=fuzzer \
	    SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' $(FUZZ:$(B)/%=$(B)/fuzz/%)
	@for name in $(FUZZ_NAMES); do tests/fuzz/grow $(B) $$name $(FUZZ_SECONDS) || exit 1; done

bench:
	@tests/needs $(BUILD_NEEDS)
	@$(MAKE) --no-print-directory all $(BENCH) $(B)/tests/bench/empty.so $(B)/tests/refuser/server
	@LISTENAS_BUILD=$(abspath $(B)) $(B)/tests/bench/bench
	@LISTENAS_BUILD=$(abspath $(B)) $(B)/tests/bench/refuser

# What takes minutes: storms while the refuser is killed, stopped and attacked, for LISTENAS_SOAK_SECONDS (600); random
# sequences of calls for as long; and every restart, reload and connection of the tests that are made in part by
# `make check`.
SOAK = $(B)/tests/unit/check_ring_killed $(B)/tests/fuzz/check_sequences $(B)/tests/refuser/check_restart $(B)/tests/refuser/check_never_wrong $(B)/tests/servers/check_reload
soak:
	@tests/needs $(CHECK_NEEDS)
	@tests/needs $(CHECK_NEEDS_OF_GCC)
	@$(MAKE) --no-print-directory -j$$(nproc) test-programs $(B)/tests/soak/soak
	@tests/servers/fetch
	@LISTENAS_BUILD=$(abspath $(B)) $(B)/tests/soak/soak
	@LISTENAS_SOAK=1 tests/run $(SOAK)

# Other projects' own tests as every platform, from the sources of the Debian release that runs here. One of them:
# make suites SUITES=libevent. LISTENAS_PLATFORMS=mks,bsd names the platforms.
SUITES = libevent memcached cpython libuv redis
SUITES_NEEDS = $(BUILD_NEEDS) dpkg-dev debian-archive-keyring cmake libevent-dev perl tcl procps python3
suites:
	@tests/needs $(SUITES_NEEDS)
	@$(MAKE) --no-print-directory all
	@for suite in $(SUITES); do LISTENAS_BUILD=$(abspath $(B)) tests/suites/$$suite || exit 1; done

TIDY = $(filter-out tests/fuzz/%,$(wildcard shim/*/*.c shim/*/*/*.c tests/*/*.c))
tidy:
	clang-tidy --quiet $(TIDY) -- -std=gnu11 -D_GNU_SOURCE -DPREFIX='"$(PREFIX)"' -DLIB='"$(LIB)"' -I$(B)

format:
	clang-format -i $(wildcard shim/*/*.[ch] shim/*/*/*.[ch] shim/*/*/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])

-include $(TEST_O:.o=.d) $(SOAK_O:.o=.d)

.PHONY: check pictures readme cross musl-programs sanitized fuzz demo bench soak suites tidy format test-programs
