/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* A flag alone could be set just before poll() begins to wait; a byte in a pipe ends that wait too. */
static volatile sig_atomic_t asked;
static int ends[2] = { -1, -1 };

static void on_signal(int number)
{
    int reason = errno;

    (void)number;
    if (!asked) {
        asked = 1;
        ssize_t written = write(ends[1], "", 1);
        (void)written; /* an empty pipe has room for one byte */
    }
    errno = reason;
}

bool stop_install(void)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
    struct sigaction action = { .sa_handler = on_signal };

    if (pipe(ends) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    action.sa_handler = SIG_IGN;
    return sigaction(SIGPIPE, &action, NULL) == 0;
}

bool stop_asked(void)
{
    return asked;
}

int stop_descriptor(void)
{
    return ends[0];
}
