/* fields.c
 * What users' filters, columns and scripts depend on: add to it, change nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fields.h"

#include "simtcp.h"

int hf_connection = -1;
int hf_simopen = -1;
int hf_simclose = -1;
int hf_open = -1;
int hf_open_completed = -1;
int hf_close = -1;
int hf_close_completed = -1;
int hf_time_wait_holder = -1;

int hf_role = -1;
int hf_notation = -1;
int hf_phase = -1;
int hf_role_repeat = -1;
int hf_n = -1;
int hf_k = -1;
int hf_src_state = -1;
int hf_dst_state = -1;
int hf_partner = -1;
int hf_answers = -1;
int hf_rst_ignored = -1;
int hf_stray = -1;
int hf_time_wait_enter = -1;
int hf_time_wait_until = -1;
int hf_time_wait_reuse = -1;
int hf_time_wait_age = -1;
int hf_time_wait_answer = -1;
int hf_time_wait_assassinated = -1;
int hf_time_wait_concurrent = -1;
int hf_why = -1;
int hf_why_more = -1;

int ett_simtcp = -1;
int ett_connection = -1;

expert_field ei_simopen = EI_INIT;
expert_field ei_simclose = EI_INIT;
expert_field ei_selfconnect = EI_INIT;
expert_field ei_split_handshake = EI_INIT;
expert_field ei_not_a_retransmission = EI_INIT;
expert_field ei_time_wait_reuse = EI_INIT;
expert_field ei_time_wait_refused = EI_INIT;
expert_field ei_assassination = EI_INIT;

const value_string open_strings[] = {
    { SIMTCP_OPEN_UNKNOWN, "Unknown" },
    { SIMTCP_OPEN_THREE_WAY, "Three-way" },
    { SIMTCP_OPEN_SIMULTANEOUS, "Simultaneous" },
    { SIMTCP_OPEN_SELF_CONNECT, "Self-connect" },
    { SIMTCP_OPEN_SPLIT_HANDSHAKE, "Split handshake" },
    { SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT, "Simultaneous or split" },
    { SIMTCP_OPEN_INCOMPLETE, "Incomplete" },
    { SIMTCP_OPEN_REFUSED, "Refused" },
    { 0, NULL },
};

const value_string close_strings[] = {
    { SIMTCP_CLOSE_OPEN, "Open" },
    { SIMTCP_CLOSE_ORDERLY, "Orderly" },
    { SIMTCP_CLOSE_SIMULTANEOUS, "Simultaneous" },
    { SIMTCP_CLOSE_HALF_CLOSED, "Half-closed" },
    { SIMTCP_CLOSE_RESET, "Reset" },
    { SIMTCP_CLOSE_UNDECIDABLE, "Undecidable" },
    { 0, NULL },
};

const value_string phase_strings[] = { { SIMTCP_PHASE_OPEN, "Open" }, { SIMTCP_PHASE_CLOSE, "Close" }, { 0, NULL } };

const value_string state_strings[] = {
    { SIMTCP_STATE_UNKNOWN, "Unknown" },
    { SIMTCP_STATE_CLOSED, "CLOSED" },
    { SIMTCP_STATE_LISTEN, "LISTEN" },
    { SIMTCP_STATE_SYN_SENT, "SYN-SENT" },
    { SIMTCP_STATE_SYN_RECEIVED, "SYN-RECEIVED" },
    { SIMTCP_STATE_ESTABLISHED, "ESTABLISHED" },
    { SIMTCP_STATE_FIN_WAIT_1, "FIN-WAIT-1" },
    { SIMTCP_STATE_FIN_WAIT_2, "FIN-WAIT-2" },
    { SIMTCP_STATE_CLOSE_WAIT, "CLOSE-WAIT" },
    { SIMTCP_STATE_CLOSING, "CLOSING" },
    { SIMTCP_STATE_LAST_ACK, "LAST-ACK" },
    { SIMTCP_STATE_TIME_WAIT, "TIME-WAIT" },
    { 0, NULL },
};

const value_string answer_strings[] = {
    { SIMTCP_ANSWER_ACCEPTED, "Accepted" },
    { SIMTCP_ANSWER_CHALLENGED, "Challenged" },
    { SIMTCP_ANSWER_REFUSED, "Refused" },
    { SIMTCP_ANSWER_IGNORED, "Ignored" },
    { 0, NULL },
};

/* Each field takes two or three lines, which no formatter would leave alone. */
/* clang-format off */

static void register_connection_fields(int proto)
{
    static hf_register_info fields[] = {
        { &hf_connection, { "Connection", "simtcp.connection", FT_UINT32, BASE_DEC, NULL, 0,
            "The number of this connection in the capture, from 0 in the order of first frames."
            " A 4-tuple used again is a new connection.", HFILL }},
        { &hf_simopen, { "Opened simultaneously", "simtcp.simopen", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "This connection is proved to have opened simultaneously; absent otherwise.", HFILL }},
        { &hf_simclose, { "Closed simultaneously", "simtcp.simclose", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "The FINs of this connection crossed; absent otherwise.", HFILL }},
        { &hf_open, { "Opening", "simtcp.open", FT_UINT8, BASE_DEC, VALS(open_strings), 0,
            "This is how the connection opened.", HFILL }},
        { &hf_open_completed, { "Opening completed", "simtcp.open.completed", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "Each side's SYN was acknowledged by a segment other than a RST; absent otherwise.", HFILL }},
        { &hf_close, { "Closing", "simtcp.close", FT_UINT8, BASE_DEC, VALS(close_strings), 0,
            "This is how the connection closed.", HFILL }},
        { &hf_close_completed, { "Closing completed", "simtcp.close.completed", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "Both FINs were acknowledged; absent otherwise.", HFILL }},
        { &hf_time_wait_holder, { "TIME-WAIT held by", "simtcp.time_wait.holder", FT_STRING, BASE_NONE, NULL, 0,
            "This endpoint enters TIME-WAIT when the connection closes.", HFILL }},
    };

    proto_register_field_array(proto, fields, array_length(fields));
}

static void register_step_fields(int proto)
{
    static hf_register_info fields[] = {
        { &hf_role, { "Role", "simtcp.role", FT_STRING, BASE_NONE, NULL, 0,
            "This segment takes this step of an opening or closing. A segment can take two.", HFILL }},
        { &hf_notation, { "Segment", "simtcp.notation", FT_STRING, BASE_NONE, NULL, 0,
            "This is the whole segment in the notation of the steps.", HFILL }},
        { &hf_phase, { "Phase", "simtcp.phase", FT_UINT8, BASE_DEC, VALS(phase_strings), 0,
            "The steps of this segment belong to this phase of the connection.", HFILL }},
        { &hf_role_repeat, { "Repeated", "simtcp.role.repeat", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "This segment repeats one that took the same step; absent otherwise.", HFILL }},
        { &hf_n, { "n", "simtcp.n", FT_UINT32, BASE_DEC, NULL, 0,
            "In this phase, n is this sequence number: that of the SYN or FIN of the side captured"
            " first.", HFILL }},
        { &hf_k, { "k", "simtcp.k", FT_UINT32, BASE_DEC, NULL, 0,
            "In this phase, k is this sequence number: that of the SYN or FIN of the other side.", HFILL }},
    };

    proto_register_field_array(proto, fields, array_length(fields));
}

static void register_frame_fields(int proto)
{
    static hf_register_info fields[] = {
        { &hf_src_state, { "State of the sender", "simtcp.src.state", FT_UINT8, BASE_DEC, VALS(state_strings), 0,
            "The sender is in this state once it has sent this segment.", HFILL }},
        { &hf_dst_state, { "State of the receiver", "simtcp.dst.state", FT_UINT8, BASE_DEC, VALS(state_strings), 0,
            "The receiver is in this state once this segment is delivered.", HFILL }},
        { &hf_partner, { "Crossed the segment in frame", "simtcp.partner", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "This segment and the one in this frame were under way at the same time.", HFILL }},
        { &hf_answers, { "Acknowledges the segment in frame", "simtcp.answers", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_ACK), 0,
            "This segment acknowledges the SYN or FIN in this frame.", HFILL }},
        { &hf_rst_ignored, { "RST ignored", "simtcp.rst_ignored", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "This RST does not count: its receiver ignores it, or its alleged sender goes on;"
            " absent otherwise.", HFILL }},
        { &hf_stray, { "Stray", "simtcp.stray", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "This segment fits no known connection and is evidence for nothing; absent otherwise.", HFILL }},
        { &hf_why, { "Why", "simtcp.why", FT_STRING, BASE_NONE, NULL, 0,
            "This is the evidence for the verdicts on the connection.", HFILL }},
        { &hf_why_more, { "And", "simtcp.why.more", FT_STRING, BASE_NONE, NULL, 0,
            "This is the rest of simtcp.why, where that is too long for one line.", HFILL }},
    };

    proto_register_field_array(proto, fields, array_length(fields));
}

static void register_time_wait_fields(int proto)
{
    static hf_register_info fields[] = {
        { &hf_time_wait_enter, { "Enters TIME-WAIT", "simtcp.time_wait.enter", FT_STRING, BASE_NONE, NULL, 0,
            "This endpoint enters TIME-WAIT with this segment.", HFILL }},
        { &hf_time_wait_until, { "TIME-WAIT until", "simtcp.time_wait.until", FT_ABSOLUTE_TIME,
            ABSOLUTE_TIME_LOCAL, NULL, 0,
            "TIME-WAIT ends about then: its length is a preference, because it is not on the wire.", HFILL }},
        { &hf_time_wait_reuse, { "Reuses a 4-tuple in TIME-WAIT", "simtcp.time_wait.reuse", FT_BOOLEAN, BASE_NONE,
            NULL, 0, "This SYN is for a 4-tuple that is still in TIME-WAIT; absent otherwise.", HFILL }},
        { &hf_time_wait_age, { "Time in TIME-WAIT", "simtcp.time_wait.age", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "The old connection had been in TIME-WAIT for this long when the SYN came.", HFILL }},
        { &hf_time_wait_answer, { "Answer from TIME-WAIT", "simtcp.time_wait.answer", FT_UINT8, BASE_DEC,
            VALS(answer_strings), 0,
            "This is what the end in TIME-WAIT did with a SYN for the same 4-tuple.", HFILL }},
        { &hf_time_wait_assassinated, { "Ends TIME-WAIT early", "simtcp.time_wait.assassinated", FT_BOOLEAN,
            BASE_NONE, NULL, 0,
            "This RST ended a TIME-WAIT before its time (RFC 1337); absent otherwise.", HFILL }},
        { &hf_time_wait_concurrent, { "TIME-WAITs of the sender", "simtcp.time_wait.concurrent", FT_UINT32, BASE_DEC,
            NULL, 0, "The sender's address holds this many TIME-WAITs now. That they end is an estimate.", HFILL }},
    };

    proto_register_field_array(proto, fields, array_length(fields));
}

static void register_expert_infos(int proto)
{
    static ei_register_info infos[] = {
        { &ei_simopen, { "simtcp.expert.simopen", PI_SEQUENCE, PI_NOTE,
            "This connection opened simultaneously", EXPFILL }},
        { &ei_simclose, { "simtcp.expert.simclose", PI_SEQUENCE, PI_NOTE,
            "This connection closed simultaneously", EXPFILL }},
        { &ei_selfconnect, { "simtcp.expert.selfconnect", PI_SEQUENCE, PI_WARN,
            "This socket connected to itself", EXPFILL }},
        { &ei_split_handshake, { "simtcp.expert.split_handshake", PI_SEQUENCE, PI_WARN,
            "A split handshake: the SYN was answered by a bare SYN", EXPFILL }},
        { &ei_not_a_retransmission, { "simtcp.expert.not_a_retransmission", PI_SEQUENCE, PI_CHAT,
            "A step of the handshake, not a retransmission or duplicate ACK", EXPFILL }},
        { &ei_time_wait_reuse, { "simtcp.expert.time_wait_reuse", PI_SEQUENCE, PI_NOTE,
            "This SYN reuses a 4-tuple that is still in TIME-WAIT", EXPFILL }},
        { &ei_time_wait_refused, { "simtcp.expert.time_wait_refused", PI_SEQUENCE, PI_WARN,
            "A SYN for a 4-tuple in TIME-WAIT was not accepted", EXPFILL }},
        { &ei_assassination, { "simtcp.expert.assassination", PI_SEQUENCE, PI_WARN,
            "This RST ended TIME-WAIT early", EXPFILL }},
    };

    expert_register_field_array(expert_register_protocol(proto), infos, array_length(infos));
}

/* clang-format on */

void fields_register(int proto)
{
    static int *subtrees[] = { &ett_simtcp, &ett_connection };

    register_connection_fields(proto);
    register_step_fields(proto);
    register_frame_fields(proto);
    register_time_wait_fields(proto);
    proto_register_subtree_array(subtrees, array_length(subtrees));
    register_expert_infos(proto);
}
