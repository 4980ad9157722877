/* segment.h
 * One captured TCP segment, as the core sees it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_SEGMENT_H
#define SIMTCP_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The control bits this program looks at (RFC 9293 section 3.1). */
enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

/* The fewest captured header bytes from which a segment can be judged. */
#define SIMTCP_HEADER_MIN 20

/* The most bytes of an address. */
#define SIMTCP_ADDRESS_MAX 16

/* A network address and a port. kind tells families of addresses apart; the core
 * compares it and nothing more, so the caller may use any numbers up to 255. */
struct simtcp_endpoint {
    uint8_t kind;
    uint8_t length; /* bytes used in address, 0 to 16; the rest must be 0 */
    uint16_t port;  /* in host order */
    uint8_t address[SIMTCP_ADDRESS_MAX];
};

struct simtcp_segment {
    uint32_t frame; /* number of the frame, from 1; never falls from call to call */
    int64_t time;   /* nanoseconds since any fixed moment, less than 2^62 either way; may step back */
    struct simtcp_endpoint src, dst;

    uint32_t seq;
    uint32_t ack;           /* meaningful with TCP_ACK only */
    uint32_t length;        /* octets of data, SYN and FIN not counted */
    uint16_t window;        /* as in the header, not scaled */
    uint8_t flags;          /* TCP_FIN ... TCP_ACK, other bits ignored */
    uint8_t options_length; /* captured octets of options, 0 to 40 */
    bool options_cut;       /* the header has more of them */
    const uint8_t *options; /* borrowed; NULL if options_length is 0 */
};

/* Reads the header into segment: seq, ack, length, window, flags, options. Of the
 * header's bytes, captured are at hand; the options are borrowed from it, so
 * header must outlive segment. Everything else in segment is left as it is,
 * the ports excepted, which are set too.
 * Returns false, with segment undefined, if fewer than SIMTCP_HEADER_MIN bytes
 * are there or the data offset is less than 5 words. */
bool simtcp_segment_read(struct simtcp_segment *segment, const uint8_t *header, size_t captured, uint32_t data_length);

#define SIMTCP_WINDOW_SCALE_CUT (-2)

/* The window scale (RFC 7323 section 2) this SYN offers: 0 to 14, or -1 if none, or SIMTCP_WINDOW_SCALE_CUT if none was
 * captured of options that are cut. */
int simtcp_segment_window_scale(const struct simtcp_segment *segment);

/* The segment's timestamp, TSval (RFC 7323 section 3). Returns false, with value undefined, if it
 * has none. */
bool simtcp_segment_timestamp(const struct simtcp_segment *segment, uint32_t *value);

/* Does the first SACK block report number as a duplicate (D-SACK, RFC 2883)? It
 * does if the block covers number and lies at or below the acknowledgement. */
bool simtcp_segment_reports_duplicate(const struct simtcp_segment *segment, uint32_t number);

#endif
