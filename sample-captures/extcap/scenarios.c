/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TITLE_SIZE = 200, LINE_SIZE = 1000 };

static const char suffix[] = ".pkt";

static size_t stem_length(const char *file)
{
    size_t length = strlen(file), end = strlen(suffix);

    return *file != '.' && length > end && strcmp(file + length - end, suffix) == 0 ? length - end : 0;
}

static int is_scenario(const struct dirent *entry)
{
    return stem_length(entry->d_name) > 0;
}

/* The text behind "//@ title"; the title stays as it is if there is none. */
static void read_title(const char *path, char title[TITLE_SIZE])
{
    static const char mark[] = "//@ title ";
    char line[LINE_SIZE];
    FILE *file = fopen(path, "r");

    if (!file)
        return;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, mark, strlen(mark)) == 0) {
            line[strcspn(line, "\r\n")] = '\0';
            snprintf(title, TITLE_SIZE, "%.*s", TITLE_SIZE - 1, line + strlen(mark));
            break;
        }
    fclose(file);
    /* braces delimit what extcap programs say */
    for (char *c = title; *c; c++)
        *c = *c == '{' ? '(' : *c == '}' ? ')' : *c;
}

void scenarios_print(unsigned argument)
{
    char folder[PLACE_SIZE], path[PLACE_SIZE + 300];
    struct dirent **entries;

    place_of_scenarios(folder);
    int count = *folder ? scandir(folder, &entries, is_scenario, alphasort) : -1;
    for (int i = 0; i < count; i++) {
        char title[TITLE_SIZE];
        int stem = (int)stem_length(entries[i]->d_name);

        snprintf(title, sizeof title, "%.*s", stem, entries[i]->d_name);
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        read_title(path, title);
        printf("value {arg=%u}{value=%.*s}{display=%s}\n", argument, stem, entries[i]->d_name, title);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

bool scenario_path(const char *name, char path[PLACE_SIZE])
{
    char folder[PLACE_SIZE];

    place_of_scenarios(folder);
    if (!*folder || !*name || *name == '.' || strchr(name, '/'))
        return false;
    int length = snprintf(path, PLACE_SIZE, "%s/%s%s", folder, name, suffix);
    return length > 0 && length < PLACE_SIZE && access(path, R_OK) == 0;
}
