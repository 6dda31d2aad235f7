#include "probe.h"

/* Children at a time: few enough for a small machine. */
#ifndef PARALLEL
#define PARALLEL 8
#endif
/* No experiment takes so long; the slowest waits for a client that asks again. */
#define SECONDS 25
#define ANSWER_SIZE 240

static const struct experiment *const tables[] = {
    slow_experiments,     queue_experiments, listen_experiments, accept_experiments, address_experiments,
    option_experiments,   bind_experiments,  port_experiments,   path_experiments,   connect_experiments,
    shutdown_experiments, name_experiments,  socket_experiments, filter_experiments,
};

static const struct family {
    int bit, domain;
    const char *name, *suffix;
} families[] = {
    {FOUR, AF_INET, "inet", "@inet"},
    {SIX, AF_INET6, "inet6", "@inet6"},
    {LOCAL, AF_UNIX, "unix", "@unix"},
    {ONCE, AF_INET, NULL, ""},
};

#define FAMILIES (sizeof families / sizeof *families)
#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static struct job {
    pid_t pid; /* 0: none */
    int out;   /* where its answer comes from */
    const struct experiment *experiment;
    const struct family *family;
} jobs[PARALLEL];

static int lines, here, reply_to;
static char directory[1024];
static volatile sig_atomic_t is_stopped;
int chosen;

/* --- in a child --- */

/* `kind`: '=' before an answer, '?' before the reason why there is none. */
static void reply(int kind, const char *text)
{
    char line[ANSWER_SIZE + 2];
    sprintf(line, "%c%.*s", kind, ANSWER_SIZE, text);
    if (write(reply_to, line, strlen(line)) < 0)
        _exit(1);
    _exit(0);
}

const char *cannot(const char *why)
{
    reply('?', why);
    return why;
}

int must(int result, const char *call)
{
    char why[100];
    if (result >= 0)
        return result;
    sprintf(why, "%.40s: %.50s", call, name_of_error(errno));
    cannot(why);
    return -1;
}

static void make(const struct experiment *experiment, const struct family *family)
{
    signal(SIGALRM, SIG_DFL);
    alarm(SECONDS);
    chosen = experiment->number;
    reply('=', experiment->ask(family->domain));
}

/* --- in the parent --- */

static void print_line(const char *prefix, const char *name, const char *suffix, const char *value)
{
    const char *at;
    printf("%s%s%s=", prefix, name, suffix);
    for (at = value; *at; at++)
        putchar(*at == '\n' || *at == '\r' ? ' ' : *at);
    putchar('\n');
    fflush(stdout); /* what was answered counts, even if the rest is not */
    lines++;
}

/* A short text fits into a pipe, so it is there in full when the child has ended. */
static const char *reply_of(const struct job *job, int status)
{
    static char text[ANSWER_SIZE + 2];
    long got = read(job->out, text, ANSWER_SIZE + 1);
    text[got > 0 ? got : 0] = '\0';
    if (got <= 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        sprintf(text, "?no answer in %d seconds", SECONDS);
    else if (got <= 0 && WIFSIGNALED(status))
        sprintf(text, "?the call ended the process, by signal %d", WTERMSIG(status));
    else if (got <= 0)
        strcpy(text, "?the call ended the process");
    return text;
}

static struct job *job_of(pid_t pid)
{
    int i;
    for (i = 0; i < PARALLEL; i++)
        if (jobs[i].pid == pid)
            return &jobs[i];
    return NULL;
}

/* Waits for a child. Returns its job; NULL after a signal that ends the probe. */
static struct job *await_job(int *status)
{
    struct job *job = NULL;
    while (!job && !is_stopped) {
        pid_t pid = waitpid(-1, status, 0);
        job = pid > 0 ? job_of(pid) : NULL;
        if (pid < 0 && errno != EINTR)
            break;
    }
    return job;
}

static void finish_one(void)
{
    int status = 0;
    struct job *job = await_job(&status);
    const char *text;
    if (!job)
        return;
    text = reply_of(job, status);
    print_line(*text == '=' ? "" : "unanswered.", job->experiment->key, job->family->suffix, text + 1);
    close(job->out);
    job->pid = 0;
}

/* A pipe's end that `job` reads, and a child that writes to the other. */
static int start(struct job *job, const struct experiment *experiment, const struct family *family)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    job->experiment = experiment;
    job->family = family;
    job->out = ends[0];
    reply_to = ends[1];
    job->pid = fork();
    if (job->pid == 0) {
        close(ends[0]);
        make(experiment, family);
    }
    close(ends[1]);
    if (job->pid > 0)
        return 0;
    close(ends[0]);
    job->pid = 0;
    return -1;
}

static void run(const struct experiment *experiment, const struct family *family)
{
    struct job *job;
    while (!(job = job_of(0)) && !is_stopped)
        finish_one();
    if (!is_stopped && start(job, experiment, family) != 0)
        print_line("unanswered.", experiment->key, family->suffix, strerror(errno));
}

static void finish_all(void)
{
    int i;
    for (i = 0; i < PARALLEL; i++)
        while (jobs[i].pid && !is_stopped)
            finish_one();
}

static void run_table(const struct experiment *experiment)
{
    size_t i;
    for (; experiment->key; experiment++)
        for (i = 0; i < FAMILIES; i++)
            if (experiment->families & here & families[i].bit)
                run(experiment, &families[i]);
}

/* --- what is here --- */

/* A client and a server that meet. */
static const char *meet(int domain)
{
    int listener = listening(domain, 1);
    client_of(listener);
    accepted(listener);
    return "yes";
}

static void look_for(const struct family *family)
{
    static const struct experiment meeting = {"meeting", ALL, meet, 0};
    int status = 0;
    const char *text;
    if (start(&jobs[0], &meeting, family) != 0 || !await_job(&status))
        return;
    text = reply_of(&jobs[0], status);
    close(jobs[0].out);
    jobs[0].pid = 0;
    if (*text == '=')
        here |= family->bit;
    else
        print_line("without.", family->name, "", text + 1);
}

static void look_around(void)
{
    size_t i;
    here = ONCE;
    for (i = 0; families[i].name; i++) {
#ifndef HAS_SIX
        if (families[i].bit == SIX) {
            print_line("without.", families[i].name, "", "this program was compiled without IPv6");
            continue;
        }
#endif
        if (families[i].bit != LOCAL || directory[0])
            look_for(&families[i]);
    }
}

static void print_system(void)
{
    struct utsname system;
    time_t now = time(NULL);
    char date[20];
    strftime(date, sizeof date, "%Y-%m-%d", gmtime(&now));
    memset(&system, 0, sizeof system);
    uname(&system);
    print_line("", "listenas-probe", "", "1");
    print_line("", "system", "", system.sysname);
    print_line("", "release", "", system.release);
    print_line("", "version", "", system.version);
    print_line("", "machine", "", system.machine);
    print_line("", "date", "", date);
}

/* --- the directory for AF_UNIX --- */

/* Paths are relative to it, so that they are short. */
static void enter_directory(void)
{
    const char *parent = getenv("TMPDIR");
    char why[1200];
    sprintf(directory, "%.900s/probe.%ld", parent && *parent ? parent : "/tmp", (long)getpid());
    if (mkdir(directory, 0700) == 0 && chdir(directory) == 0)
        return;
    sprintf(why, "%s: %s", directory, strerror(errno));
    print_line("without.", "unix", "", why);
    rmdir(directory);
    directory[0] = '\0';
}

static void leave_directory(void)
{
    DIR *list = directory[0] ? opendir(".") : NULL;
    struct dirent *entry;
    while (list && (entry = readdir(list)))
        unlink(entry->d_name);
    if (list)
        closedir(list);
    if (directory[0] && chdir("/") == 0)
        rmdir(directory);
}

static void stop(int signal_number)
{
    is_stopped = signal_number;
}

static void end_children(void)
{
    int i;
    for (i = 0; i < PARALLEL; i++)
        if (jobs[i].pid)
            kill(jobs[i].pid, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        continue;
}

/* Without SA_RESTART: a wait for children must end when somebody wants an end. */
static void heed_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;
    int i;
    memset(&action, 0, sizeof action);
    action.sa_handler = stop;
    for (i = 0; i < COUNT(numbers); i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* As many as may be had. */
static void raise_descriptors(void)
{
#ifdef RLIMIT_NOFILE
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
#endif
}

int main(void)
{
    int i;
    while ((i = open("/dev/null", O_RDWR)) >= 0 && i <= 2)
        continue;
    close(i);
    raise_descriptors();
    heed_signals();
    print_system();
    enter_directory();
    look_around();
    for (i = 0; i < COUNT(tables); i++)
        run_table(tables[i]);
    finish_all();
    end_children();
    leave_directory();
    if (!is_stopped)
        print_line("", "end", "", number(lines + 1));
    return is_stopped ? 128 + (int)is_stopped : ferror(stdout) ? 1 : 0;
}
