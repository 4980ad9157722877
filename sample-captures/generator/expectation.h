/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints what a script expects as one JSON object, for tests that compare a dissector's output with it. */
#ifndef SIMTCP_GEN_EXPECTATION_H
#define SIMTCP_GEN_EXPECTATION_H

#include "scenario.h"

#include <stdio.h>

/* Only what the script states is printed. Errors of the stream are left to the caller (ferror). */
void expectation_print(FILE *out, const struct scenario *scenario);

#endif
