/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char here[PLACE_SIZE] = ".";

/* Wireshark starts capture interfaces by their full path; /proc knows more than argv[0] where it exists. */
void place_begin(const char *own_name)
{
    char *path = realpath("/proc/self/exe", NULL);

    if (!path)
        path = realpath(own_name, NULL);
    if (!path)
        return;
    char *slash = strrchr(path, '/');
    if (slash && (size_t)(slash - path) < sizeof here) {
        memcpy(here, path, (size_t)(slash - path));
        here[slash - path] = '\0';
    }
    free(path);
}

static int found(char path[PLACE_SIZE], const char *way, const char *name, int mode)
{
    int length = snprintf(path, PLACE_SIZE, "%s/%s%s%s", here, way, *name ? "/" : "", name);

    return length > 0 && length < PLACE_SIZE && access(path, mode) == 0;
}

void place_of_program(const char *name, char path[PLACE_SIZE])
{
    if (!found(path, ".", name, X_OK) && !found(path, "../tools", name, X_OK)
        && !found(path, SIMTCP_WAY_TO_PROGRAMS, name, X_OK))
        snprintf(path, PLACE_SIZE, "%s", name);
}

void place_of_scenarios(char path[PLACE_SIZE])
{
    if (!found(path, "../scenarios", "", R_OK | X_OK) && !found(path, SIMTCP_WAY_TO_SCENARIOS, "", R_OK | X_OK))
        *path = '\0';
}
