/* fields.h
 * The numbers of everything the plugin has registered: fields (hf_), subtrees
 * (ett_) and expert infos (ei_), named as in display filters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_FIELDS_H
#define SIMTCP_FIELDS_H

#include "compat.h"

/* of the connection */
extern int hf_connection;
extern int hf_simopen;
extern int hf_simclose;
extern int hf_open;
extern int hf_open_completed;
extern int hf_close;
extern int hf_close_completed;
extern int hf_time_wait_holder;

/* of the frame */
extern int hf_role;
extern int hf_notation;
extern int hf_phase;
extern int hf_role_repeat;
extern int hf_n;
extern int hf_k;
extern int hf_src_state;
extern int hf_dst_state;
extern int hf_partner;
extern int hf_answers;
extern int hf_rst_ignored;
extern int hf_stray;
extern int hf_time_wait_enter;
extern int hf_time_wait_until;
extern int hf_time_wait_reuse;
extern int hf_time_wait_age;
extern int hf_time_wait_answer;
extern int hf_time_wait_assassinated;
extern int hf_time_wait_concurrent;
extern int hf_why;
extern int hf_why_more;

extern int ett_simtcp;
extern int ett_connection;

extern expert_field ei_simopen;
extern expert_field ei_simclose;
extern expert_field ei_selfconnect;
extern expert_field ei_split_handshake;
extern expert_field ei_not_a_retransmission;
extern expert_field ei_time_wait_reuse;
extern expert_field ei_time_wait_refused;
extern expert_field ei_assassination;

extern const value_string open_strings[];
extern const value_string close_strings[];
extern const value_string phase_strings[];
extern const value_string state_strings[];
extern const value_string answer_strings[];

/* Registers all of it for this protocol. */
void fields_register(int proto);

#endif
