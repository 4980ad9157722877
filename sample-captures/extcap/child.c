/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "child.h"

#include "place.h"
#include "stop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool fail(const char *what)
{
    fprintf(stderr, "simtcpdump: %s: %s\n", what, strerror(errno));
    return false;
}

/* Signals that this program notices do their usual work in the child: exec() resets them, but not what is ignored. */
static pid_t start(char *arguments[], int output)
{
    pid_t process = fork();

    if (process != 0)
        return process;
    signal(SIGPIPE, SIG_DFL);
    if (dup2(output, STDOUT_FILENO) >= 0)
        execvp(arguments[0], arguments);
    fail(arguments[0]);
    _exit(EXIT_FAILURE);
}

/* It has said itself what went wrong, unless a signal ended it. */
static bool ended_well(const char *name, pid_t process)
{
    int status = 0;
    bool forwarded = false;

    while (waitpid(process, &status, 0) < 0) {
        if (errno != EINTR)
            return fail(name);
        if (stop_asked() && !forwarded)
            forwarded = kill(process, SIGTERM) == 0;
    }
    if (WIFSIGNALED(status) && !forwarded && !stop_asked())
        fprintf(stderr, "simtcpdump: %s was ended by signal %d\n", name, WTERMSIG(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool child_simulate(struct child *child, char *arguments[])
{
    static char program[PLACE_SIZE];
    int ends[2];

    if (pipe(ends) != 0)
        return fail("pipe");
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    place_of_program("simtcp-sim", program);
    arguments[0] = program;
    child->process = start(arguments, ends[1]);
    close(ends[1]);
    child->descriptor = ends[0];
    if (child->process > 0)
        return true;
    child->process = 0;
    return fail("fork");
}

/* simtcp-gen writes beside its output first; if it was stopped then, that file is still there. */
static void remove_folder(const char *folder)
{
    char path[PLACE_SIZE + 300];
    DIR *entries = opendir(folder);

    for (struct dirent *entry; entries && (entry = readdir(entries)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(path);
    }
    if (entries)
        closedir(entries);
    rmdir(folder);
}

static bool generate_in(struct child *child, char *script, const char *folder)
{
    char program[PLACE_SIZE], output[PLACE_SIZE + 10];
    char *arguments[] = { program, script, "-o", output, NULL };

    place_of_program("simtcp-gen", program);
    snprintf(output, sizeof output, "%s/pcapng", folder);
    pid_t process = start(arguments, STDERR_FILENO);
    if (process < 0)
        return fail("fork");
    if (!ended_well("simtcp-gen", process))
        return false;
    child->descriptor = open(output, O_RDONLY | O_CLOEXEC);
    return child->descriptor >= 0 || fail(output);
}

bool child_generate(struct child *child, char *script)
{
    char folder[PLACE_SIZE];
    const char *parent = getenv("TMPDIR");
    int length = snprintf(folder, sizeof folder, "%s/simtcpdump-XXXXXX", parent && *parent ? parent : "/tmp");

    if (length >= (int)sizeof folder || !mkdtemp(folder))
        return fail(folder);
    bool good = generate_in(child, script, folder);
    remove_folder(folder);
    return good;
}

bool child_end(struct child *child, bool all)
{
    bool good = true;

    if (child->process > 0 && !all)
        kill(child->process, SIGKILL); /* simtcp-sim has no file to remove: its capture goes through the pipe */
    if (child->process > 0 && all)
        good = ended_well("simtcp-sim", child->process);
    else if (child->process > 0)
        while (waitpid(child->process, NULL, 0) < 0 && errno == EINTR)
            ;
    if (child->descriptor >= 0)
        close(child->descriptor);
    *child = (struct child){ .descriptor = -1 };
    return good;
}
