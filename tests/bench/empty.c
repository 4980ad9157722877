/* empty.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A post-dissector that does nothing: what it costs is what Wireshark itself spends on having one. With
 * WANTED it asks for that field, as simtcp does: Wireshark then builds a tree with the field for each frame.
 */

#include <ws_version.h>

#include <epan/packet.h>

WS_DLL_PUBLIC_DEF const char plugin_version[] = "0";
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);

static dissector_handle_t handle;

static int dissect_nothing(tvbuff_t *tvb _U_, packet_info *pinfo _U_, proto_tree *tree _U_, void *data _U_)
{
    return 0;
}

static void register_empty(void)
{
    int protocol = proto_register_protocol("Empty post-dissector", "Empty", "empty");

    handle = register_dissector("empty", dissect_nothing, protocol);
    register_postdissector(handle);
}

static void want(void)
{
#ifdef WANTED
    GArray *wanted = g_array_new(FALSE, FALSE, sizeof(int));
    int field = proto_registrar_get_id_byname(WANTED);

    g_array_append_val(wanted, field);
    set_postdissector_wanted_hfids(handle, wanted);
#endif
}

void plugin_register(void)
{
    static proto_plugin plugin = { register_empty, want };

    proto_register_plugin(&plugin);
}
