/* show.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "show.h"

#include <string.h>

#include "endpoint.h"
#include "fields.h"
#include "preferences.h"
#include "track.h"

static int proto_simtcp = -1;

/* What the functions here hand on to each other. */
struct sheet {
    packet_info *pinfo;
    tvbuff_t *tvb;
    const struct simtcp_place *place;
    const struct simtcp_view *view;
    bool final;
    char notation[SIMTCP_NOTATION_SIZE];
};

void show_register(int proto)
{
    proto_simtcp = proto;
}

/* Items: all generated, none belongs to bytes of the frame. */

static void generated(proto_item *item)
{
    proto_item_set_generated(item);
}

static void add_flag(const struct sheet *sheet, proto_tree *tree, int field, bool value)
{
    /* Absent where false, so that a bare field name in a filter selects what is flagged. */
    if (value)
        generated(proto_tree_add_boolean(tree, field, sheet->tvb, 0, 0, 1));
}

static void add_uint(const struct sheet *sheet, proto_tree *tree, int field, uint32_t value)
{
    generated(proto_tree_add_uint(tree, field, sheet->tvb, 0, 0, value));
}

static void add_text(const struct sheet *sheet, proto_tree *tree, int field, const char *text)
{
    if (text[0] != '\0')
        generated(proto_tree_add_string(tree, field, sheet->tvb, 0, 0, text));
}

static void add_frame(const struct sheet *sheet, proto_tree *tree, int field, uint32_t frame)
{
    if (frame != 0)
        add_uint(sheet, tree, field, frame);
}

static void add_endpoints(const struct sheet *sheet, proto_tree *tree, int field,
                          const struct simtcp_endpoint *endpoints, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        add_text(sheet, tree, field, endpoint_text(sheet->pinfo->pool, &endpoints[i]));
}

/* One of the connection's two ends: the one that sent this segment, or the other. */
static const char *end_text(const struct sheet *sheet, bool sender)
{
    struct simtcp_endpoint end = simtcp_end(sheet->place->connection, sheet->place->sender ^ (sender ? 0u : 1u));

    return endpoint_text(sheet->pinfo->pool, &end);
}

/* The line that sums up. */

static const char *opening_phrase(const struct simtcp_view *view)
{
    if (!view->open_stands)
        return NULL;
    switch (view->open) {
    case SIMTCP_OPEN_THREE_WAY: return "opened by three-way handshake";
    case SIMTCP_OPEN_SIMULTANEOUS: return "opened simultaneously";
    case SIMTCP_OPEN_SELF_CONNECT: return "connected to itself";
    case SIMTCP_OPEN_SPLIT_HANDSHAKE: return "opened by split handshake";
    case SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT:
        return view->open_completed ? "opened simultaneously or by split handshake"
                                    : "tried to open simultaneously or by split handshake";
    case SIMTCP_OPEN_INCOMPLETE: return "SYN not answered";
    case SIMTCP_OPEN_REFUSED: return "refused";
    case SIMTCP_OPEN_UNKNOWN: break;
    }
    return NULL;
}

static const char *closing_phrase(const struct simtcp_view *view)
{
    if (!view->close_stands)
        return view->simclose ? "FINs crossed" : NULL;
    switch (view->close) {
    case SIMTCP_CLOSE_ORDERLY: return "closed in order";
    case SIMTCP_CLOSE_SIMULTANEOUS: return view->close_completed ? "closed simultaneously" : "FINs crossed";
    case SIMTCP_CLOSE_HALF_CLOSED: return "half-closed";
    case SIMTCP_CLOSE_RESET:
        if (view->simclose)
            return "FINs crossed, then reset";
        return view->open_stands && view->open == SIMTCP_OPEN_REFUSED ? NULL : "reset";
    case SIMTCP_CLOSE_UNDECIDABLE: return "closed in an order that can't be told";
    case SIMTCP_CLOSE_OPEN: break;
    }
    return NULL;
}

static const char *summary(const struct sheet *sheet)
{
    const struct simtcp_view *view = sheet->view;
    const char *opening = opening_phrase(view), *closing = closing_phrase(view);
    wmem_strbuf_t *line = wmem_strbuf_new(sheet->pinfo->pool, "Simultaneous TCP Analysis");

    if (sheet->notation[0] != '\0')
        wmem_strbuf_append_printf(line, ", [%s]%s", sheet->notation, view->repeat ? " repeated" : "");
    else if (view->reset)
        wmem_strbuf_append(line, view->reset_ignored ? ", RST that does not count" : ", RST");
    if (opening)
        wmem_strbuf_append_printf(line, ", %s", opening);
    if (closing)
        wmem_strbuf_append_printf(line, ", %s", closing);
    return wmem_strbuf_get_str(line);
}

/* What the frame does. */

/* Does the sender of this segment own the number of this letter? A SYN or FIN goes
 * by its sender's letter, an acknowledgement by its receiver's. */
static bool sender_owns(const struct simtcp_role *role, char letter)
{
    return (role->letter == letter) == (role->kind != SIMTCP_ROLE_ACK);
}

static void add_number(const struct sheet *sheet, proto_tree *tree, int field, char letter, uint32_t number)
{
    const struct simtcp_view *view = sheet->view;
    proto_item *item = proto_tree_add_uint(tree, field, sheet->tvb, 0, 0, number);

    generated(item);
    if (view->role_count > 0)
        proto_item_append_text(item, " (%s of %s)", view->phase == SIMTCP_PHASE_OPEN ? "SYN" : "FIN",
                               end_text(sheet, sender_owns(&view->roles[0], letter)));
}

static void add_step(const struct sheet *sheet, proto_tree *tree)
{
    const struct simtcp_view *view = sheet->view;
    char text[SIMTCP_ROLE_SIZE];

    for (unsigned i = 0; i < view->role_count; i++)
        add_text(sheet, tree, hf_role, simtcp_role_text(&view->roles[i], text));
    add_text(sheet, tree, hf_notation, sheet->notation);
    add_flag(sheet, tree, hf_role_repeat, view->repeat);
    if (view->phase == SIMTCP_PHASE_NONE)
        return;
    add_uint(sheet, tree, hf_phase, view->phase);
    if (view->n_known)
        add_number(sheet, tree, hf_n, 'n', view->n);
    if (view->k_known)
        add_number(sheet, tree, hf_k, 'k', view->k);
}

static void add_state(const struct sheet *sheet, proto_tree *tree, int field, bool sender, enum simtcp_state state)
{
    proto_item *item;

    item = proto_tree_add_uint_format(tree, field, sheet->tvb, 0, 0, state, "%s %s \xE2\x86\x92 %s",
                                      sender ? "Sender" : "Receiver", end_text(sheet, sender),
                                      val_to_str_const(state, state_strings, "Unknown"));
    generated(item);
}

static void add_reuse(const struct sheet *sheet, proto_tree *tree)
{
    const struct simtcp_view *view = sheet->view;
    nstime_t age = { (time_t)(view->reuse_age / 1000000000), (int)(view->reuse_age % 1000000000) };

    add_flag(sheet, tree, hf_time_wait_reuse, view->reuse);
    if (view->reuse)
        generated(proto_tree_add_time(tree, hf_time_wait_age, sheet->tvb, 0, 0, &age));
    if (view->answer_known)
        add_uint(sheet, tree, hf_time_wait_answer, view->answer);
    add_flag(sheet, tree, hf_time_wait_assassinated, view->assassinated);
}

static void add_concurrent(const struct sheet *sheet, proto_tree *tree)
{
    uint32_t count;

    if (track_concurrent(sheet->place, sheet->final, &count))
        add_uint(sheet, tree, hf_time_wait_concurrent, count);
}

static void add_time_wait(const struct sheet *sheet, proto_tree *tree)
{
    const struct simtcp_view *view = sheet->view;
    nstime_t until = sheet->pinfo->abs_ts;
    proto_item *item;

    add_endpoints(sheet, tree, hf_time_wait_enter, view->enters, view->enter_count);
    if (!view->time_wait_starts)
        return;
    until.secs += preferences.time_wait_seconds;
    item = proto_tree_add_time(tree, hf_time_wait_until, sheet->tvb, 0, 0, &until);
    generated(item);
    proto_item_append_text(item, " (%san estimate, %u s later)", view->enter_count ? "" : "started anew; ",
                           preferences.time_wait_seconds);
}

/* What the connection did. */

static void add_connection(const struct sheet *sheet, proto_tree *parent)
{
    const struct simtcp_view *view = sheet->view;
    proto_item *item = proto_tree_add_uint(parent, hf_connection, sheet->tvb, 0, 0, view->number);
    proto_tree *tree = proto_item_add_subtree(item, ett_connection);

    generated(item);
    proto_item_append_text(item, ", between %s and %s", end_text(sheet, true), end_text(sheet, false));
    if (view->open_stands)
        add_uint(sheet, tree, hf_open, view->open);
    add_flag(sheet, tree, hf_open_completed, view->open_completed);
    add_flag(sheet, tree, hf_simopen, view->simopen);
    if (view->close_stands)
        add_uint(sheet, tree, hf_close, view->close);
    add_flag(sheet, tree, hf_close_completed, view->close_completed);
    add_flag(sheet, tree, hf_simclose, view->simclose);
    add_endpoints(sheet, tree, hf_time_wait_holder, view->holders, view->holder_count);
}

/* Where the details are as wide as in a window of usual size, the end of a longer line is out of sight. */
#define WHY_WIDTH (80 - (sizeof "[Why: ]" - 1))

/* How much of the text goes on one line: a clause; if there is no room for that, what stands before its last comma or
 * colon that leaves no more than half of the line empty, or else as many words as fit. What is in parentheses stays
 * together. */
static size_t why_line(const char *text)
{
    size_t words = 0, phrases = 0, i;
    int depth = 0;

    for (i = 0; text[i] != '\0'; i++) {
        if (i > WHY_WIDTH && words > 0)
            return phrases > WHY_WIDTH / 2 ? phrases : words;
        depth += (text[i] == '(') - (text[i] == ')');
        if (i == 0 || text[i] != ' ' || depth > 0)
            continue;
        words = i;
        if (text[i - 1] == ';')
            return i;
        if (text[i - 1] == ',' || text[i - 1] == ':')
            phrases = i;
    }
    return i;
}

/* The evidence is laid out as several lines; the field's value is the whole sentence all the same. */
static void add_why(const struct sheet *sheet, proto_tree *tree)
{
    char why[SIMTCP_WHY_SIZE];
    const char *line = simtcp_why(sheet->place, sheet->view, why);

    while (*line != '\0') {
        size_t length = why_line(line);
        const char *text = wmem_strndup(sheet->pinfo->pool, line, length);

        if (line == why)
            generated(proto_tree_add_string_format(tree, hf_why, sheet->tvb, 0, 0, why, "Why: %s", text));
        else
            generated(proto_tree_add_string_format(tree, hf_why_more, sheet->tvb, 0, 0, text, "     %s", text));
        line += length;
        line += strspn(line, " ");
    }
}

static proto_item *add_item(const struct sheet *sheet, proto_tree *parent, const char *label)
{
    proto_item *item = proto_tree_add_protocol_format(parent, proto_simtcp, sheet->tvb, 0, 0, "%s", label);

    generated(item);
    return item;
}

/* The whole. Leaf items are added whether or not anyone looks at the subtree: a
 * filter or column may want just one of them. */
static proto_item *add_subtree(const struct sheet *sheet, proto_tree *parent)
{
    const struct simtcp_view *view = sheet->view;
    proto_item *item = add_item(sheet, parent, summary(sheet));
    proto_tree *tree = proto_item_add_subtree(item, ett_simtcp);

    add_why(sheet, tree);
    add_step(sheet, tree);
    add_state(sheet, tree, hf_src_state, true, view->src_state);
    add_state(sheet, tree, hf_dst_state, false, view->dst_state);
    add_frame(sheet, tree, hf_partner, view->partner);
    add_frame(sheet, tree, hf_answers, view->answers);
    add_flag(sheet, tree, hf_rst_ignored, view->reset_ignored);
    add_time_wait(sheet, tree);
    add_reuse(sheet, tree);
    add_concurrent(sheet, tree);
    add_connection(sheet, tree);
    return item;
}

static void add_stray(tvbuff_t *tvb, proto_tree *parent)
{
    proto_item *item;
    proto_tree *tree;

    item = proto_tree_add_protocol_format(parent, proto_simtcp, tvb, 0, 0, "Simultaneous TCP Analysis, stray segment");
    generated(item);
    tree = proto_item_add_subtree(item, ett_simtcp);
    generated(proto_tree_add_boolean(tree, hf_stray, tvb, 0, 0, 1));
}

static void add_expert_infos(const struct sheet *sheet, proto_item *item)
{
    static const struct {
        enum simtcp_event event;
        expert_field *info;
    } infos[] = {
        { SIMTCP_EVENT_SIMOPEN, &ei_simopen },
        { SIMTCP_EVENT_SIMCLOSE, &ei_simclose },
        { SIMTCP_EVENT_SELF_CONNECT, &ei_selfconnect },
        { SIMTCP_EVENT_SPLIT_HANDSHAKE, &ei_split_handshake },
        { SIMTCP_EVENT_NOT_A_RETRANSMISSION, &ei_not_a_retransmission },
        { SIMTCP_EVENT_TIME_WAIT_REUSE, &ei_time_wait_reuse },
        { SIMTCP_EVENT_TIME_WAIT_REFUSED, &ei_time_wait_refused },
        { SIMTCP_EVENT_ASSASSINATION, &ei_assassination },
    };

    for (size_t i = 0; i < array_length(infos); i++)
        if (sheet->view->events & infos[i].event)
            expert_add_info(sheet->pinfo, item, infos[i].info);
}

static bool wants_column(const packet_info *pinfo)
{
    return preferences.info_column != INFO_COLUMN_OFF && col_get_writable(pinfo->cinfo, COL_INFO);
}

/* Is the whole tree wanted, or any one field of this protocol? */
static bool wants_items(proto_tree *tree)
{
    return proto_field_is_referenced(tree, proto_simtcp);
}

bool show_wants_frames(const packet_info *pinfo, proto_tree *tree)
{
    return wants_items(tree) || wants_column(pinfo);
}

void show_frame(const struct simtcp_place *place, bool final, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    struct simtcp_view view;
    struct sheet sheet = { .pinfo = pinfo, .tvb = tvb, .place = place, .view = &view, .final = final };
    bool items, column, shown;
    proto_item *item;

    if (!place->connection) {
        add_stray(tvb, tree);
        return;
    }

    column = place->note && wants_column(pinfo);
    items = wants_items(tree);
    if (!column && !items && !simtcp_may_be_event(place))
        return;
    simtcp_look(place, final, &view);
    column = column && (view.flagged || preferences.info_column == INFO_COLUMN_ALL);
    shown = (items || view.events) && (view.flagged || preferences.ordinary);
    if (column || shown)
        simtcp_notation(place, &view, sheet.notation);
    if (column && sheet.notation[0] != '\0')
        col_prepend_fence_fstr(pinfo->cinfo, COL_INFO, "[%s] ", sheet.notation);
    if (!shown)
        return;
    /* Filters on Wireshark's own expert fields ask for no field of ours: then nothing looks below the item. */
    item = items ? add_subtree(&sheet, tree) : add_item(&sheet, tree, "Simultaneous TCP Analysis");
    add_expert_infos(&sheet, item);
}
