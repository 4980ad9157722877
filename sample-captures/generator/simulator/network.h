/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The path between the hosts: two halves, with the middle capture point between them. Each half delays, and may lose,
 * duplicate, or hold back a segment so that later ones overtake it; otherwise it keeps the order.
 */
#ifndef SIMTCP_SIM_NETWORK_H
#define SIMTCP_SIM_NETWORK_H

#include "world.h"

/*
 * Decides what becomes of the transmission of this number, just added to the world: writes the times at which it
 * passes the points, adds the copies the network makes, and schedules the arrivals. Draws the same numbers wherever a
 * capture is taken.
 */
void network_carry(struct world *world, int number);

#endif
