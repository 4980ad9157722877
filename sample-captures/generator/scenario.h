/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a script says: the frames of the capture and what is expected of them. Built by script.h, then only read. */
#ifndef SIMTCP_GEN_SCENARIO_H
#define SIMTCP_GEN_SCENARIO_H

#include "buffer.h"
#include "packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ROLES_MAX = 2,
    HOLDERS_MAX = 2,
    ROLE_TEXT = 16,
    INTERFACES_MAX = 16,
    CONNECTIONS_MAX = 1000,
    SNAPLEN_DEFAULT = 262144
};

/* The roles a packet is expected to have (field simtcp.role). */
struct roles {
    bool stated; /* false: the script leaves open what is expected */
    bool repeat; /* a retransmission of a segment that had this role before */
    size_t count;
    char text[ROLES_MAX][ROLE_TEXT];
};

struct frame {
    int64_t time;        /* nanoseconds since the start of the scenario */
    size_t interface;    /* index into the scenario's interfaces */
    struct buffer bytes; /* the whole frame, as sent */
    struct roles roles;
};

struct interface {
    char *name;        /* "" for none */
    char *description; /* "" for none */
    enum link_type link;
    uint32_t snaplen; /* bytes of a frame that are captured at most */
    bool used;        /* has frames */
};

/* Expectations about one connection; NULL or false: nothing is stated. */
struct connection {
    const char *open;  /* one of the strings of simtcp.open, static */
    const char *close; /* one of the strings of simtcp.close, static */
    bool time_wait;
    size_t holders; /* how many ends hold TIME-WAIT */
    char holder[HOLDERS_MAX][ENDPOINT_TEXT];
};

struct scenario {
    char *title;   /* "" for none */
    int64_t start; /* nanoseconds since 1970-01-01 00:00 UTC */
    struct interface interfaces[INTERFACES_MAX];
    size_t interface_count; /* at least 1 */
    struct frame *frames;
    size_t frame_count;
    struct connection *connections; /* by connection number, from 0 */
    size_t connection_count;
    bool states_roles; /* some packet has its role stated: then a packet without a word about it has none */
    size_t skipped;    /* system calls, code and commands that were passed over */
};

void scenario_init(struct scenario *scenario);
void scenario_free(struct scenario *scenario);

/* Adds an empty frame at the end; the pointer is good until the next one is added. */
struct frame *scenario_add_frame(struct scenario *scenario);

/* The connection of that number, made if it is new; number below CONNECTIONS_MAX. */
struct connection *scenario_connection(struct scenario *scenario, size_t number);

/* The index of the interface of that name, made if it is new; INTERFACES_MAX if there is no room. */
size_t scenario_interface(struct scenario *scenario, const char *name);

#endif
