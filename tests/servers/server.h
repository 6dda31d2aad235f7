/*
 * The real servers that are tried, each with a configuration for one port and one page.
 */
#ifndef LISTENAS_TESTS_SERVER_H
#define LISTENAS_TESTS_SERVER_H

#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define PAGE "served by a legacy server\n"

struct server {
    const char *name;
    int backlog;               /* that it passes to listen */
    bool one_process;          /* so that it is stopped when that one is */
    bool calls_accept4;        /* it was built for accept4 and has no way back to accept */
    const char *line;          /* of the command: @F is the test's directory, @S is build/servers */
    const char *configuration; /* likewise; @P is the port, @U the user */
};

static const struct server servers[] = {
    {
        .name = "inetd",
        .backlog = 10, /* compiled in */
        .one_process = true,
        .line = "@S/usr/sbin/inetutils-inetd -d -p @F/pid @F/configuration",
        .configuration = "@P stream tcp nowait @U @S/usr/sbin/micro-httpd micro-httpd @F/www\n",
    },
    {
        .name = "lighttpd",
        .backlog = 16,
        .one_process = true,
        .line = "@S/usr/sbin/lighttpd -D -m @S/usr/lib/lighttpd -f @F/configuration",
        .configuration = "server.document-root = \"@F/www\"\n"
                         "server.bind = \"127.0.0.1\"\n"
                         "server.port = @P\n"
                         "server.listen-backlog = 16\n"
                         "index-file.names = ( \"index.html\" )\n",
    },
    {
        .name = "apache2",
        .backlog = 16,
        .calls_accept4 = true,
        .line = "/usr/sbin/apache2 -DFOREGROUND -f @F/configuration",
        .configuration = "ServerRoot @F\n"
                         "ServerName localhost\n"
                         "LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so\n"
                         "LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n"
                         "LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so\n"
                         "Listen 127.0.0.1:@P\n"
                         "ListenBacklog 16\n"
                         "PidFile @F/pid\n"
                         "Mutex file:@F\n"
                         "ErrorLog @F/errors\n"
                         "StartServers 2\n"
                         "MinSpareServers 1\n"
                         "MaxSpareServers 2\n"
                         "MaxRequestWorkers 4\n"
                         "User nobody\n"
                         "Group nogroup\n"
                         "DocumentRoot @F/www\n"
                         "DirectoryIndex index.html\n",
    },
};

#define SERVERS ((int)(sizeof servers / sizeof *servers))

/* Writes `text` with its @F, @S, @P and @U filled in. */
static inline void write_filled(FILE *file, const char *text, const char *directory, const char *packages, int port)
{
    for (; *text; text++) {
        if (*text != '@') {
            fputc(*text, file);
            continue;
        }
        text++;
        if (*text == 'P')
            fprintf(file, "%d", port);
        else if (*text == 'U')
            fputs(getpwuid(geteuid())->pw_name, file);
        else
            fputs(*text == 'F' ? directory : packages, file);
    }
}

#endif
