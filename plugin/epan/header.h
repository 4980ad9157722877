/* header.h
 * Finding the TCP header of a frame that Wireshark has dissected.
 *
 * A frame can hold several: of a tunnel and what it carries, of datagrams packed
 * together, of what an ICMP error quotes. The one that counts is the last
 * whose length Wireshark could tell, that is, the last that is a segment of its
 * own: quoted headers and fragments have no length.
 *
 * On the first pass the header's own bytes are read. Later passes may have no tree
 * to find them with, and need no more than the two endpoints.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_HEADER_H
#define SIMTCP_HEADER_H

#include "compat.h"
#include "simtcp.h"

/* Looks up the numbers of the fields that are read here; once, after every
 * protocol has registered its own. */
void header_handoff(void);

/* The fields a first pass must leave in the tree. The caller owns the array. */
GArray *header_wanted_fields(void);

/* Reads the segment that counts. Its options are borrowed from the frame. *alone: there is no
 * other TCP header in the frame, quoted or not, and no IP header behind it: header_key() gives the same endpoints.
 * Returns false, with segment and alone undefined, if the frame holds none. */
bool header_read(packet_info *pinfo, proto_tree *tree, struct simtcp_segment *segment, bool *alone);

/* The endpoints of the innermost TCP header, told without a tree. Nearly always
 * those of the segment that counts; a quoted header or a tunnel makes them differ.
 * Returns false, with both undefined, if the frame has no TCP header. */
bool header_key(packet_info *pinfo, struct simtcp_endpoint *src, struct simtcp_endpoint *dst);

#endif
