/* reading.h
 * Reading a line of a script. What is read is passed over in the text; a line that can not be read fails the test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef READING_H
#define READING_H

#include "script.h"

/* A script that can't be read is a mistake in the test. */
#define malformed(run, text) fail_msg("%s:%d: script can't be read: %s", (run)->file, (run)->line, text)

/* Index of an end: 'a', 'b', 'c', 'd' or 's'. */
unsigned script_end(const struct run *run, char letter);

/* Whom this end talks to. */
unsigned peer_of(unsigned end);

/* Returns false, with nothing passed over but blanks, if another word is there. */
bool skip_word(const char **text, const char *word);

uint64_t read_number(struct run *run, const char **text);

/* "a2": an end and which of its ISNs. */
unsigned read_end(struct run *run, const char **text, unsigned *isn);

/* Reads a segment, and keeps time and the numbers of its ends in the run; options must outlive it. */
void read_segment(struct run *run, const char *text, struct simtcp_segment *segment, uint8_t options[SCRIPT_OPTIONS]);

#endif
