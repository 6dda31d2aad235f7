# Installing, and packages of what is installed. Included by the Makefile.

VERSION = $(shell sed -n 's/^\#define LISTENAS_VERSION "\(.*\)"/\1/p' shim/api/listenas.h)

# Manual pages and completions are written by the tables that the command itself reads.
MAN = $(B)/share/man
COMPLETIONS = $(B)/share/bash-completion/completions/listenas $(B)/share/zsh/site-functions/_listenas \
    $(B)/share/fish/vendor_completions.d/listenas.fish
$(B)/share/complete: $(B)/listenas shim/share/package/package.mk
	$(call say,write,$(B)/share)
	@rm -rf $(B)/share && mkdir -p $(MAN)/man1 $(MAN)/man3 $(MAN)/man5 $(MAN)/man7 $(dir $(COMPLETIONS))
	$(Q)$< help --man > $(MAN)/man1/listenas.1
	$(Q)for verb in $$($< help --words=VERB); do $< help --man $$verb > $(MAN)/man1/listenas-$$verb.1 || exit 1; done
	$(Q)for topic in $(TOPICS:shim/cli/help/topics/%.txt=%); do \
	    page=$$(sed -n '1s/^\([^(]*\)(\(.\)).*/man\2\/\1.\2/p' shim/cli/help/topics/$$topic.txt); \
	    $< help --man $$topic > $(MAN)/$$page || exit 1; done
	$(Q)$< help --completion=bash > $(word 1,$(COMPLETIONS))
	$(Q)$< help --completion=zsh > $(word 2,$(COMPLETIONS))
	$(Q)$< help --completion=fish > $(word 3,$(COMPLETIONS))
	@touch $@

# Quoted, since a staging directory may have a blank in its name; so no shell expands a tilde. PREFIX may have neither a
# blank nor a colon: LD_PRELOAD separates the paths of libraries by them.
ROOT = $(if $(word 2,$(PREFIX))$(findstring :,$(PREFIX)),$(error PREFIX=$(PREFIX): expected a path without blanks and colons, \
    since LD_PRELOAD cannot name a library at any other))$(if $(filter ~%,$(DESTDIR)$(PREFIX)),$(error write out what ~ stands for),$(DESTDIR)$(PREFIX))
BINDIR = $(ROOT)/bin
LIBDIR = $(ROOT)/$(LIB)
INCLUDEDIR = $(ROOT)/include
UNITDIR = $(ROOT)/lib/systemd/system
SHAREDIR = $(ROOT)/share
# The templates name the places where the files will be, which DESTDIR is no part of.
FILL = sed 's|@PREFIX@|$(PREFIX)|; s|@LIB@|$(LIB)|; s|@VERSION@|$(VERSION)|'

install: all $(B)/share/complete
	install -d '$(BINDIR)' '$(LIBDIR)/listenas' '$(INCLUDEDIR)' '$(UNITDIR)' '$(SHAREDIR)/listenas' '$(SHAREDIR)/pkgconfig' '$(LIBDIR)/pkgconfig'
	install -m 755 $(B)/listenas '$(BINDIR)/'
	install -m 644 $(B)/liblistenas.so '$(LIBDIR)/listenas/'
	if [ -e $(B)/lib32/liblistenas.so ]; then \
	    install -D -m 644 $(B)/lib32/liblistenas.so '$(ROOT)/$(LIB32)/listenas/liblistenas.so'; fi
	if [ -e $(B)/musl/liblistenas.so ]; then \
	    install -D -m 644 $(B)/musl/liblistenas.so '$(ROOT)/$(MUSL_LIB)/listenas/liblistenas.so'; fi
	install -m 644 $(B)/liblistenas-ring.a '$(LIBDIR)/'
	install -m 644 shim/ring/reader/listenas-ring.h shim/api/listenas.h '$(INCLUDEDIR)/'
	$(FILL) shim/share/listenas.pc > '$(SHAREDIR)/pkgconfig/listenas.pc'
	$(FILL) shim/share/listenas-ring.pc > '$(LIBDIR)/pkgconfig/listenas-ring.pc'
	for unit in shim/share/systemd/*; do $(FILL) $$unit > '$(UNITDIR)'/$${unit##*/} || exit 1; done
	install -m 644 shim/share/pytest_listenas.py $(CONF) '$(SHAREDIR)/listenas/'
	cd $(B)/share && find . -type f ! -name complete -exec install -D -m 644 {} '$(SHAREDIR)/{}' \;

# Removes what install would install now, and the directories that are the project's alone.
uninstall:
	@rm -rf $(B)/uninstall
	@$(MAKE) --no-print-directory install DESTDIR='$(abspath $(B))/uninstall' >/dev/null
	@cd '$(B)/uninstall$(PREFIX)' && find . ! -type d -exec rm -f '$(ROOT)/{}' \;
	@cd '$(B)/uninstall$(PREFIX)' && find . -depth -type d -name listenas -exec rmdir '$(ROOT)/{}' \; 2>/dev/null || true
	@rm -rf $(B)/uninstall

# The sources of the last commit.
dist:
	git archive --format=tar --prefix=listenas-$(VERSION)/ HEAD | gzip -9n > $(B)/listenas-$(VERSION).tar.gz
	@echo $(B)/listenas-$(VERSION).tar.gz

# The library for programs of this machine's own word size and C library. Whatever directory it is built in, the package is
# the same.
DEB = $(B)/listenas_$(VERSION)_$(shell dpkg --print-architecture 2>/dev/null).deb
deb:
	@tests/needs $(BUILD_NEEDS) dpkg-dev
	@rm -rf $(B)/deb/root
	@$(MAKE) --no-print-directory -j$$(nproc) B=$(B)/deb PREFIX=/usr CFLAGS='-O2 -g "-ffile-prefix-map=$(CURDIR)=."' \
	    DESTDIR='$(abspath $(B))/deb/root' install >/dev/null
	@shim/share/package/deb '$(abspath $(B))/deb/root' $(VERSION) $(DEB) >/dev/null
	@echo $(DEB)

rpm-spec: $(B)/listenas.spec
$(B)/listenas.spec: shim/share/package/listenas.spec.in
	@mkdir -p $(@D)
	$(Q)$(FILL) $< > $@

.PHONY: install uninstall dist deb rpm-spec
