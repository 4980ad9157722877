/* diagram_heading.c
 * What stands above a diagram: who, the verdicts with n and k, TIME-WAIT, the evidence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diagram.h"
#include "endpoint.h"
#include "fields.h"

static void add(struct diagram *diagram, const char *paragraph)
{
    g_ptr_array_add(diagram->heading, (void *)paragraph);
}

static void add_title(struct diagram *diagram)
{
    if (diagram->self)
        add(diagram,
            wmem_strdup_printf(diagram->pool, "Connection %u: %s and itself", diagram->view.number,
                               diagram->end[DIAGRAM_LEFT]));
    else
        add(diagram,
            wmem_strdup_printf(diagram->pool, "Connection %u: %s and %s", diagram->view.number,
                               diagram->end[DIAGRAM_LEFT], diagram->end[DIAGRAM_RIGHT]));
}

/* "; n = 4240815619 (left), k = 2140328405 (right)" */
static void append_numbers(const struct diagram *diagram, wmem_strbuf_t *line, enum simtcp_phase phase)
{
    struct diagram_numbers numbers;
    const char *separator = "; ";

    diagram_find_numbers(diagram, phase, &numbers);
    for (unsigned i = 0; i < (diagram->self ? 1u : 2u); i++) {
        unsigned end = i == 0 ? numbers.n_end : 1u - numbers.n_end;

        if (!numbers.known[end])
            continue;
        wmem_strbuf_append_printf(line, "%s%c = %u", separator, i == 0 ? 'n' : 'k', numbers.number[end]);
        if (!diagram->self)
            wmem_strbuf_append(line, end == diagram->left ? " (left)" : " (right)");
        separator = ", ";
    }
}

static bool open_could_complete(enum simtcp_open open)
{
    return open == SIMTCP_OPEN_THREE_WAY || open == SIMTCP_OPEN_SIMULTANEOUS || open == SIMTCP_OPEN_SELF_CONNECT
        || open == SIMTCP_OPEN_SPLIT_HANDSHAKE || open == SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT;
}

static void add_open(struct diagram *diagram)
{
    const struct simtcp_view *view = &diagram->view;
    wmem_strbuf_t *line = wmem_strbuf_new(diagram->pool, "Open: ");

    wmem_strbuf_append(line, val_to_str_const(view->open, open_strings, "Unknown"));
    if (open_could_complete(view->open) && !view->open_completed)
        wmem_strbuf_append(line, ", not completed");
    append_numbers(diagram, line, SIMTCP_PHASE_OPEN);
    add(diagram, wmem_strbuf_get_str(line));
}

static void add_close(struct diagram *diagram)
{
    const struct simtcp_view *view = &diagram->view;
    wmem_strbuf_t *line = wmem_strbuf_new(diagram->pool, "Close: ");

    wmem_strbuf_append(line, val_to_str_const(view->close, close_strings, "Unknown"));
    if (view->close == SIMTCP_CLOSE_RESET && view->simclose)
        wmem_strbuf_append(line, " after the FINs had crossed");
    if ((view->close == SIMTCP_CLOSE_ORDERLY || view->close == SIMTCP_CLOSE_SIMULTANEOUS) && !view->close_completed)
        wmem_strbuf_append(line, ", not completed");
    append_numbers(diagram, line, SIMTCP_PHASE_CLOSE);
    add(diagram, wmem_strbuf_get_str(line));
}

static void add_time_wait(struct diagram *diagram)
{
    struct simtcp_wait waits[2];
    unsigned count = simtcp_waits(diagram->connection, waits);
    wmem_strbuf_t *line = wmem_strbuf_new(diagram->pool, "TIME-WAIT: ");
    char text[DIAGRAM_TIME_SIZE];

    if (count == 0)
        return;
    for (unsigned i = 0; i < count; i++)
        wmem_strbuf_append_printf(line, "%s%s from frame %u until %s%s", i > 0 ? "; " : "",
                                  endpoint_text(diagram->pool, &waits[i].holder), waits[i].frame,
                                  diagram_time_text(waits[i].until - diagram->start, text),
                                  waits[i].seen_ending ? "" : " (an estimate)");
    add(diagram, wmem_strbuf_get_str(line));
}

static void add_why(struct diagram *diagram)
{
    struct simtcp_place whole = simtcp_whole(diagram->connection);
    char why[SIMTCP_WHY_SIZE];

    if (simtcp_why(&whole, &diagram->view, why)[0] != '\0')
        add(diagram, wmem_strdup(diagram->pool, why));
}

void diagram_head(struct diagram *diagram)
{
    add_title(diagram);
    if (diagram->self)
        add(diagram,
            "One socket, so both lifelines are the same end: on the left what it sends, on the right "
            "the same segments as they arrive.");
    add_open(diagram);
    add_close(diagram);
    add_time_wait(diagram);
    add_why(diagram);
}
