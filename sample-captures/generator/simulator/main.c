/* SPDX-License-Identifier: GPL-2.0-or-later */
/* simtcp-sim: simulated TCP connections as a capture file, and the truth about them beside it. */
#include "run.h"
#include "settings.h"

#include <signal.h>
#include <stdlib.h>

static void on_signal(int number)
{
    (void)number;
    run_interrupt();
}

int main(int argc, char **argv)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    struct settings settings;
    struct sigaction action = { .sa_handler = on_signal };

    (void)argc;
    enum settings_result result = settings_read(&settings, argv);
    if (result != SETTINGS_GOOD)
        return result == SETTINGS_DONE ? EXIT_SUCCESS : EXIT_FAILURE;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    action.sa_handler = SIG_IGN; /* whoever reads the capture may leave; writing then fails */
    sigaction(SIGPIPE, &action, NULL);
    bool good = run(&settings);
    settings_free(&settings);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
