/* packet-simtcp.c
 * The plugin as Wireshark sees it: a post-dissector that tells how TCP connections
 * really begin and end.
 *
 *     frame -> segment -> connection -> what this frame shows -> tree, columns, expert info
 *              header.c   track.c,      simtcp_look()            show.c
 *                         the core ---> tap.c ---> statistics
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"
#include "fields.h"
#include "header.h"
#include "preferences.h"
#include "show.h"
#include "tap.h"
#include "taps.h"
#include "track.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = SIMTCP_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);

static int proto_simtcp = -1;
static dissector_handle_t handle;

static int dissect_simtcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    struct simtcp_place place;
    bool final;

    if (!track_frame(pinfo, tree, !show_wants_frames(pinfo, tree) && !tap_is_wanted(), &place, &final))
        return 0;
    tap_place(pinfo, &place);
    show_frame(&place, final, tvb, pinfo, tree);
    return (int)tvb_captured_length(tvb);
}

static void register_simtcp(void)
{
    proto_simtcp = proto_register_protocol("Simultaneous TCP Analysis", "SimTCP", "simtcp");
    fields_register(proto_simtcp);
    preferences_register(proto_simtcp);
    show_register(proto_simtcp);
    track_register(proto_simtcp);
    tap_register();
    taps_register();
    handle = register_dissector("simtcp", dissect_simtcp, proto_simtcp);
    register_postdissector(handle);
}

static void handoff_simtcp(void)
{
    header_handoff();
    set_postdissector_wanted_hfids(handle, header_wanted_fields());
}

void plugin_register(void)
{
    static proto_plugin plugin = { register_simtcp, handoff_simtcp };

    proto_register_plugin(&plugin);
}

#ifdef SIMTCP_PLUGIN_DESCRIBE
WS_DLL_PUBLIC uint32_t plugin_describe(void);

uint32_t plugin_describe(void)
{
    return SIMTCP_PLUGIN_DESCRIBE;
}
#endif
