# make           the library and the command, in build/
# make demo      the main job: a legacy server as several platforms
# make check     every test
# make soak      the tests that take minutes: storms, kills and attacks, random calls, restarts and reloads
# make suites    tests of libevent, memcached, CPython, libuv and redis as every platform: half an hour
# make readme    each command of the README, in a new Debian root: needs root and debootstrap
# make fuzz      fuzzing with libFuzzer, which grows the corpora of tests/fuzz
# make bench     what it costs, as ratios
# make lib32     the library for 32-bit programs as well
# make musl      the library for programs that are linked to musl as well
# make cross     the unit and conformance tests of other architectures, by qemu-user: a quarter of an hour
# make install   to PREFIX (/usr/local), under DESTDIR if that is set; make uninstall removes it
# make deb       a package for Debian and its like; make rpm-spec, make dist: what other packagers need
# make tidy, make format: for those who change the code
#
# WERROR=-Werror makes every warning of the compiler an error, as .ci/run has it: a compiler that is newer than the code
# may warn of more.

CFLAGS ?= -O2 -g
HOSTCC ?= $(CC)
OBJCOPY ?= objcopy
MUSL_CC ?= musl-gcc
PREFIX ?= /usr/local
B ?= build
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
FLAGS = -std=gnu11 -D_GNU_SOURCE $(LARGE_FILES) $(WARN) -fvisibility=hidden -fPIC -ftls-model=initial-exec -ffunction-sections -fdata-sections \
    $(if $(MUSL),-isystem $(B)/include) $(CFLAGS) $(SANITIZE)

# Where off_t has 32 bits. Elsewhere it would only have glibc's header name functions such as open64, which musl's loader
# does not find when it loads the library that was built with glibc.
LARGE_FILES := $(if $(filter 4,$(shell echo __SIZEOF_LONG__ | $(CC) -E -P -)),-D_FILE_OFFSET_BITS=64)

# Each process that starts pays for the library's segments, pages and lookups: two segments instead of four, none made
# read-only afterwards (a table of writable pointers to functions, `real`, is there anyway), no code of the C compiler's
# that would run before and after, since nothing here is to be run at exit.
LEAN = -Wl,-z,now -Wl,-z,noseparate-code -Wl,-z,norelro -Wl,--gc-sections $(if $(SANITIZE),,-nostartfiles)

INIH ?= -l:libinih.a

# musl's library needs no other by name: glibc's loader, which meets it in LD_PRELOAD as soon as a program of musl's
# starts one of glibc's, ends the program where such a name is missing. Both C libraries are there before it is.
COMPLETE = $(if $(MUSL),-nodefaultlibs,$(if $(SANITIZE),,-Wl,-z,defs) -ldl)

# V=1 shows the commands.
Q = $(if $(V),,@)
say = @$(if $(V),,printf '%-5s %s\n' $(1) $(2))

# The directory that the loader puts in place of $$LIB, such as lib/x86_64-linux-gnu: it knows best.
LOADER := $(firstword $(wildcard /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 /lib/ld-linux*.so.* /lib64/ld*.so.*))
directory_of = $(or $(shell $(1) --list-diagnostics 2>/dev/null | sed -n 's/^dl_dst_lib="\(.*\)"/\1/p'), \
    $(shell LD_DEBUG=libs LD_LIBRARY_PATH='/$$LIB' $(1) --list /bin/true 2>&1 | \
        sed -n 's/.* search path=\(.*:\)*\/\([^[:space:]:]*\)[[:space:]].*/\2/p' | head -n 1),$(2))
LIB ?= $(call directory_of,$(LOADER),lib)
LIB32 ?= $(call directory_of,/lib/ld-linux.so.2,lib/i386-linux-gnu)
# musl's loader replaces nothing: its library has a directory of its own.
MUSL_LIB ?= lib/$(firstword $(subst -, ,$(shell $(MUSL_CC) -dumpmachine 2>/dev/null)))-linux-musl

# The hooks are the library's own, and what it has in place of libc's functions. All else is one archive: of it the
# library, the command and each test get what they use.
HOOKS := $(wildcard shim/calls/*.c shim/libc/*.c shim/api/*.c)
SHARED := $(wildcard $(patsubst %,shim/%/*.c,guest kernel rules profile profile/loader ring refuser))
CLI := $(wildcard shim/cli/*.c shim/cli/*/*.c)
CONF := $(wildcard conf/*.conf)
HOOKS_O := $(HOOKS:%.c=$(B)/%.o)
SHARED_O := $(SHARED:%.c=$(B)/%.o) $(B)/builtin.o $(B)/resolved.o
TOPICS := $(wildcard shim/cli/help/topics/*.txt)
CLI_O := $(CLI:%.c=$(B)/%.o) $(B)/topics.o $(B)/probe_source.o

all: $(B)/liblistenas.so $(B)/listenas $(B)/liblistenas-ring.a

include tests/tests.mk shim/share/package/package.mk

# Built anew with other flags or another compiler; := because a target's own flags are none of this.
BUILT_WITH := $(CC) $(FLAGS)
$(B)/flags: .always
	@mkdir -p $(@D)
	@echo '$(BUILT_WITH)' | cmp -s - $@ || echo '$(BUILT_WITH)' > $@

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,cc,$<)
	$(Q)$(CC) $(FLAGS) -DPREFIX='"$(PREFIX)"' -DLIB='"$(LIB)"' -MMD -MP -c -o $@ $<

# Built anew for another PREFIX: the command looks for the library there, too.
$(B)/prefix: .always
	@mkdir -p $(@D)
	@echo '$(PREFIX) $(LIB)' | cmp -s - $@ || echo '$(PREFIX) $(LIB)' > $@
$(B)/shim/cli/run/library.o $(B)/shim/cli/doctor/find_library.o: $(B)/prefix

# Whoever walks up the stack from inside a call passes through these.
$(HOOKS_O) $(patsubst %.c,$(B)/%.o,$(wildcard shim/guest/*.c)): FLAGS += -fno-omit-frame-pointer

# The names of errno: the C library's header has them, and its function is not in every C library.
$(B)/errors.def: Makefile
	@mkdir -p $(@D)
	@printf '#include <errno.h>\n' | $(CC) -E -dM - | sort | \
	    sed -n 's/^#define \(E[A-Z0-9]*\) [0-9][0-9]*$$/#ifdef \1\nERROR(\1)\n#endif/p' > $@
	@test -s $@
$(B)/shim/profile/errno_name.o: private FLAGS += -I$(B)
$(B)/shim/profile/errno_name.o: $(B)/errors.def

$(B)/builtin.o $(B)/resolved.o: $(B)/%.o: $(B)/%.c
	$(Q)$(CC) $(FLAGS) -Wno-overlength-strings -Ishim/profile -c -o $@ $<

# conf/ as C strings, so that the command works with nothing installed.
$(B)/builtin.c: $(CONF) Makefile
	@mkdir -p $(@D)
	@{ echo '#include <stddef.h>'; echo '#include "builtin.h"'; echo 'const struct builtin builtins[] = {'; \
	for f in $(CONF); do \
	    printf '{"%s",\n' "$$(basename $$f .conf)"; \
	    sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $$f; echo '},'; \
	done; echo '{NULL, NULL}};'; } > $@

# What `listenas help` tells of topics.
$(B)/topics.c: $(TOPICS) Makefile
	@mkdir -p $(@D)
	@{ echo '#include <stddef.h>'; echo '#include "shim/cli/help/topic.h"'; echo 'const struct topic topics[] = {'; \
	for f in $(TOPICS); do \
	    printf '{"%s",\n' "$$(basename $$f .txt)"; \
	    sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $$f; echo '},'; \
	done; echo '{NULL, NULL}};'; } > $@
$(B)/topics.o: $(B)/topics.c shim/cli/help/topic.h
	$(Q)$(CC) $(FLAGS) -Wno-overlength-strings -I. -c -o $@ $<

# What `listenas probe --emit` prints: one file of many, in the order in which it is best read.
PROBE := $(patsubst %,shim/cli/probe/source/%,probe.h main.c answers.c sockets.c crowd.c queue.c slow.c listen.c accept.c \
    addresses.c options.c bind.c ports.c paths.c connect.c shutdown.c names.c socket.c filter.c)
$(B)/probe.c: $(PROBE) Makefile
	@mkdir -p $(@D)
	@for f in $(PROBE); do [ $$f = $(firstword $(PROBE)) ] || echo; sed '/^#include "probe.h"$$/,+1d' $$f; done > $@
$(B)/probe_source.c: $(B)/probe.c
	@{ echo '#include "shim/cli/probe/source.h"'; echo 'const char *const probe_source[] = {'; \
	sed 's/[\"]/\\&/g; s/.*/"&\\n",/' $<; echo '0};'; } > $@
$(B)/probe_source.o: $(B)/probe_source.c shim/cli/probe/source.h
	$(Q)$(CC) $(FLAGS) -I. -c -o $@ $<

# conf/ as settings, so that a process that starts parses none of it. A program of the host's makes them, by the loader.
RESOLVE = shim/profile/resolve/resolve.c $(filter-out %/initial.c %/dropins.c,$(wildcard shim/profile/*.c shim/profile/loader/*.c))
$(B)/resolve: $(RESOLVE) $(wildcard shim/profile/*.h shim/profile/*.def shim/profile/loader/*.h shim/profile/calls.def) $(B)/errors.def Makefile
	@mkdir -p $(@D)
	$(call say,host,$@)
	$(Q)$(HOSTCC) -std=gnu11 -D_GNU_SOURCE $(WARN) -I$(B) -O1 -o $@ $(RESOLVE) -l:libinih.a
$(B)/resolved.c: $(B)/resolve $(CONF)
	@env -i LISTENAS_CONF_PATH='$(abspath conf)' $< $(CONF:conf/%.conf=%) > $@

# The exported symbols: the rows of calls.def, syscall where shim/calls/entry.c has one, and listenas_*.
$(B)/exports.map: shim/profile/calls.def Makefile
	@mkdir -p $(@D)
	@{ echo '{ global: listenas_*; syscall;'; \
	printf '#define HOOK(r, name, p, a, s) name;\n#define SECOND_NAME(n, name) name;\n#include "shim/profile/calls.def"\n' | $(CC) -E -P -I. -; \
	echo 'local: *; };'; } > $@

$(B)/shared.a: $(SHARED_O)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(B)/liblistenas.so: $(HOOKS_O) $(B)/shared.a $(B)/exports.map
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -shared -Wl,--version-script=$(B)/exports.map -Wl,-soname,liblistenas.so $(LEAN) \
	    -o $@ $(HOOKS_O) $(B)/shared.a -Wl,--exclude-libs,ALL $(INIH) $(COMPLETE)

$(B)/listenas: $(CLI_O) $(B)/shared.a
	$(call say,link,$@)
	$(Q)$(CC) $(FLAGS) -o $@ $^ $(INIH) -l:libjansson.a -lncursesw -ltinfo -ldw -lelf -lpthread -ldl

# For programs that read rings: one object, of which only listenas_* can be linked to.
RING_READER = $(patsubst %,$(B)/shim/ring/%.o,reader/listenas-ring cursor cursor_look read claim kind sites table keep history file)
$(B)/liblistenas-ring.a: $(RING_READER)
	$(call say,link,$@)
	@rm -f $@
	$(Q)$(LD) -r -o $(B)/listenas-ring.o $^
	$(Q)$(OBJCOPY) --localize-hidden $(B)/listenas-ring.o
	$(Q)$(AR) rcs $@ $(B)/listenas-ring.o

# For 32-bit programs on a 64-bit host: needs gcc-multilib or the like, and libinih-dev:i386 or what tests/inih32 has
# got of it. Without gcc-multilib itself the kernel's headers for both word sizes are in the host's own directory alone.
# gcc notes that it aligns 64-bit atomics otherwise than before version 11; the layouts that depend on it are asserted.
CC32 = $(CC) -m32 -Wno-psabi -idirafter /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null)
lib32:
	$(MAKE) B=$(B)/lib32 CC='$(CC32)' HOSTCC='$(HOSTCC)' INIH='$(or $(wildcard $(B)/inih32/libinih.a),$(INIH))' \
	    $(B)/lib32/liblistenas.so

# For programs of musl: needs musl-tools. inih is the host's own: it calls nothing that musl does not have, and keeps
# nothing of a FILE but its address.
MUSL_MAKE = $(MAKE) B=$(B)/musl CC='$(MUSL_CC)' HOSTCC='$(HOSTCC)' MUSL=1 INIH='$(shell $(CC) -print-file-name=libinih.a)'
musl: $(B)/musl/include
	+$(MUSL_MAKE) $(B)/musl/liblistenas.so

# The kernel's headers and inih's, without those of the C library that they lie beside.
$(B)/musl/include: Makefile
	@rm -rf $@ && mkdir -p $@
	@for name in linux/types.h asm/types.h asm-generic/types.h ini.h; do \
	    path=$$(echo "#include <$$name>" | $(CC) -E - | sed -n "s|^# [0-9]* \"\(.*\)/$$name\".*|\1/$${name%/types.h}|p" | head -n 1); \
	    ln -s "$$path" $@/ || exit 1; done

clean:
	rm -rf $(B)

-include $(RING_READER:.o=.d) $(HOOKS_O:.o=.d) $(SHARED_O:.o=.d) $(CLI_O:.o=.d)

.PHONY: all lib32 musl clean .always
.DELETE_ON_ERROR:
