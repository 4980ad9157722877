/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that grows while it is written. A regular one gets its name only when it is complete; until then it has a
 * temporary one beside it. Standard output ("-"), FIFOs and devices are written directly.
 */
#ifndef SIMTCP_SIM_CAPTURE_H
#define SIMTCP_SIM_CAPTURE_H

#include "../buffer.h"

#include <stdbool.h>

struct output {
    const char *path;
    char *temporary;       /* NULL: written directly */
    int descriptor;        /* -1: not open */
    struct buffer pending; /* the caller appends here */
};

/* Each returns false after an error, with errno set. */
bool output_open(struct output *output, const char *path);
bool output_flush(struct output *output);     /* writes what is pending */
bool output_sometimes(struct output *output); /* the same, once it is much */
bool output_finish(struct output *output);    /* and gives the file its name */

/* Removes what is unfinished, and frees everything; after output_finish() only the latter. */
void output_close(struct output *output);

#endif
