/* menu.h
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the tables behind Wireshark's Statistics menu have in common.
 *
 * Wireshark asks for frames, not for connections, and never says which was the last: so a row is written
 * when a connection's first frame comes, at a time when the whole capture has been seen, and
 * rewritten when another connection changes it. Dialogs are also drawn in between, and take the
 * titles of tables then: what can change must be in rows.
 *
 * Two dialogs of one statistic share its rows, and one that is still open looks at them when its
 * user sorts by another column. So rows and texts are used again but given back only when
 * the last dialog is closed.
 */

#ifndef SIMTCP_MENU_H
#define SIMTCP_MENU_H

#include "compat.h"
#include "simtcp.h"

/* A dialog with more rows is slow, and nobody reads it. */
#define MENU_MOST_ROWS 10000

#define MENU_MOST_TABLES 6

/* One statistic. Its file sets what comes before seen, and of ui the title, cli_string, the fields and
 * stat_tap_reset_table_cb, which is to call menu_clear(): it is told of a table only, and not whose that is. */
struct menu {
    stat_tap_table_ui ui;                 /* the first member: Wireshark hands it back, and it is the menu then */
    const char *titles[MENU_MOST_TABLES]; /* of its tables, up to the first NULL */
    void (*add)(struct menu *menu, const struct simtcp_connection *connection, int64_t start); /* of the capture */
    void (*forget)(void); /* what is counted besides the rows; NULL: nothing is */
    GHashTable *seen;     /* connections */
    GStringChunk *texts;
    GPtrArray *spare; /* rows that no table uses now */
    unsigned cut;     /* rows there was no room for: one more table says so */
};

void menu_register(struct menu *menu);

/* Makes all tables empty. */
void menu_clear(struct menu *menu);

/* A copy that lasts as long as the rows. */
const char *menu_text(struct menu *menu, const char *text);

/* Writes a row, of as many cells as there are columns. *row must be 0 for a new one; it is then set, and
 * given again to overwrite that row. A table that is full counts the new ones only. */
void menu_put(struct menu *menu, unsigned table, unsigned *row, const stat_tap_table_item_type *cells);

/* Cells. Those of one column of one table must have one type: when it sorts, Wireshark looks at the type of one
 * and at the values of two. */
stat_tap_table_item_type menu_number(unsigned number);
stat_tap_table_item_type menu_float(double number);
stat_tap_table_item_type menu_string(struct menu *menu, const char *text);

#endif
