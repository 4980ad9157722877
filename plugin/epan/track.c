/* track.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "track.h"

#include "endpoint.h"
#include "header.h"
#include "preferences.h"

static int proto_simtcp = -1;

/* Lives as long as a capture file stays open and is not dissected anew. */
static struct simtcp_tracker *tracker;

/* Attached to frames in which header_key() sees a connection but which hold no
 * segment: what an ICMP error quotes, a fragment. */
static char no_segment;

/* Wireshark adds 16 octets to each piece of memory; small enough that a small capture costs little. */
#define MEMORY_PIECE 65536

static void *allocate(void *context _U_, size_t size)
{
    return wmem_alloc(wmem_file_scope(), size);
}

static void release(void *context _U_, void *memory)
{
    wmem_free(wmem_file_scope(), memory);
}

static void file_opened(void)
{
    const struct simtcp_memory memory = { allocate, release, NULL, MEMORY_PIECE };
    const struct simtcp_settings settings = { .syn_timeout = (int64_t)preferences.syn_timeout * 1000000000,
                                              .time_wait = (int64_t)preferences.time_wait_seconds * 1000000000,
                                              .seed = (uint64_t)g_random_int() << 32 | g_random_int(),
                                              .fold = true };

    tracker = simtcp_tracker_new(&settings, &memory);
}

static void file_closed(void)
{
    tracker = NULL; /* its memory goes with the file's */
}

void track_register(int proto)
{
    proto_simtcp = proto;
    register_init_routine(file_opened);
    register_cleanup_routine(file_closed);
}

static void *attached(packet_info *pinfo)
{
    return p_get_proto_data(wmem_file_scope(), pinfo, proto_simtcp, 0);
}

static void attach(packet_info *pinfo, const void *what)
{
    p_add_proto_data(wmem_file_scope(), pinfo, proto_simtcp, 0, (void *)what);
}

/* Would later passes, which have nothing but the key, ask for other endpoints? */
static bool key_misleads(packet_info *pinfo, const struct simtcp_segment *segment, bool alone)
{
    struct simtcp_endpoint src, dst;

    /* by far the most frames */
    if (alone)
        return false;
    return !header_key(pinfo, &src, &dst) || !endpoint_equal(&src, &segment->src)
        || !endpoint_equal(&dst, &segment->dst);
}

static bool observe(packet_info *pinfo, proto_tree *tree, struct simtcp_place *place)
{
    struct simtcp_segment segment;
    struct simtcp_endpoint src, dst;
    bool alone;

    if (header_read(pinfo, tree, &segment, &alone)) {
        *place = simtcp_observe(tracker, &segment, key_misleads(pinfo, &segment, alone));
        if (place->note && (place->detached || simtcp_may_be_event(place)) && simtcp_hold(tracker, place))
            attach(pinfo, place->note);
        return true;
    }
    if (header_key(pinfo, &src, &dst))
        attach(pinfo, &no_segment);
    return false;
}

static bool recall(packet_info *pinfo, bool events_only, struct simtcp_place *place)
{
    struct simtcp_endpoint src, dst;
    const void *what = attached(pinfo);

    if (what == &no_segment)
        return false;
    if (what) {
        *place = simtcp_place_of(what);
        return true;
    }
    if (events_only || !header_key(pinfo, &src, &dst))
        return false;
    *place = simtcp_find(tracker, &src, &dst, pinfo->num);
    return place->connection != NULL;
}

/* With a read filter, tshark observes the frames that fail it, too. They give their
 * number to the next frame, so several can have one number, and the frames that
 * are named as partner or evidence may not be shown. The GUI's read filter takes
 * the first pass for itself, without the field that header_read() needs: there
 * is nothing to show until the capture is dissected anew. */
bool track_frame(packet_info *pinfo, proto_tree *tree, bool events_only, struct simtcp_place *place, bool *final)
{
    if (!tracker)
        return false;
    *final = PINFO_FD_VISITED(pinfo);
    if (*final)
        return recall(pinfo, events_only, place);
    return observe(pinfo, tree, place) && (place->note || !events_only);
}

bool track_hold(struct simtcp_place *place)
{
    return simtcp_hold(tracker, place);
}

bool track_concurrent(const struct simtcp_place *place, bool final, uint32_t *count)
{
    struct simtcp_endpoint sender = simtcp_end(place->connection, place->sender);

    return simtcp_concurrent(tracker, &sender, place->frame, final, count);
}
