/* words.h
 * What a frame shows, in the words of a script's assertions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef WORDS_H
#define WORDS_H

#include "script.h"

#define TEXT_SIZE 600

/* A frame, and what is expected of it. */
struct sight {
    const struct run *run;
    const struct simtcp_place *place;
    const struct simtcp_view *view;
    const char *expected;
    bool now;
};

/* Says what the frame shows of this key. Returns false if there is no such key. */
bool describe(const struct sight *sight, const char *key, char text[TEXT_SIZE]);

/* Says all there is to say, to nobody. */
void describe_all(const struct sight *sight);

#endif
