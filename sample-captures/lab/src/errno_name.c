/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "errno_name.h"

#include <errno.h>
#include <stddef.h>

#define NAME(error) \
    { \
        error, #error \
    }

static const struct {
    int error;
    const char *name;
} names[] = {
    { 0, "ok" },       NAME(EACCES),       NAME(EADDRINUSE),   NAME(EADDRNOTAVAIL), NAME(EAGAIN),
    NAME(EBADF),       NAME(ECONNABORTED), NAME(ECONNREFUSED), NAME(ECONNRESET),    NAME(EHOSTUNREACH),
    NAME(EINPROGRESS), NAME(EINVAL),       NAME(EISCONN),      NAME(EMFILE),        NAME(ENETUNREACH),
    NAME(ENOBUFS),     NAME(ENOTCONN),     NAME(EPERM),        NAME(EPIPE),         NAME(ETIMEDOUT),
};

const char *errno_name(int error)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].error == error)
            return names[i].name;
    return "EOTHER";
}
