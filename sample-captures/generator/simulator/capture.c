/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MUCH = 1 << 20 };

static bool open_temporary(struct output *output, const char *path)
{
    static const char suffix[] = ".XXXXXX";
    size_t length = strlen(path);
    mode_t mask = umask(0);

    umask(mask);
    output->temporary = memory_grow(NULL, length + sizeof suffix, 1);
    memcpy(output->temporary, path, length);
    memcpy(output->temporary + length, suffix, sizeof suffix);
    output->descriptor = mkstemp(output->temporary);
    if (output->descriptor < 0) {
        int reason = errno;
        free(output->temporary);
        output->temporary = NULL;
        errno = reason;
        return false;
    }
    return fchmod(output->descriptor, 0666 & ~mask) == 0;
}

bool output_open(struct output *output, const char *path)
{
    struct stat status;

    *output = (struct output){ .path = path, .descriptor = -1 };
    if (strcmp(path, "-") == 0) {
        output->descriptor = STDOUT_FILENO;
        return true;
    }
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        output->descriptor = open(path, O_WRONLY);
        return output->descriptor >= 0;
    }
    return open_temporary(output, path);
}

bool output_flush(struct output *output)
{
    struct buffer *pending = &output->pending;

    for (size_t done = 0; done < pending->length;) {
        ssize_t n = write(output->descriptor, pending->bytes + done, pending->length - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            return false;
    }
    pending->length = 0;
    return true;
}

bool output_sometimes(struct output *output)
{
    return output->pending.length < MUCH || output_flush(output);
}

bool output_finish(struct output *output)
{
    if (!output_flush(output))
        return false;
    int descriptor = output->descriptor;
    output->descriptor = -1;
    if (close(descriptor) != 0)
        return false;
    if (!output->temporary)
        return true;
    if (rename(output->temporary, output->path) != 0)
        return false;
    free(output->temporary);
    output->temporary = NULL;
    return true;
}

void output_close(struct output *output)
{
    if (output->descriptor >= 0)
        close(output->descriptor);
    if (output->temporary)
        unlink(output->temporary);
    free(output->temporary);
    buffer_free(&output->pending);
    *output = (struct output){ .descriptor = -1 };
}
