/* menu.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "menu.h"

#include "clock.h"
#include "tap.h"

/* What menu_put() makes of *row: one more than the row's number, or: */
#define NO_ROOM UINT32_MAX

static unsigned title_count(const struct menu *menu)
{
    unsigned count = 0;

    while (count < MENU_MOST_TABLES && menu->titles[count])
        count++;
    return count;
}

static stat_tap_table *table_at(const struct menu *menu, unsigned table)
{
    return g_array_index(menu->ui.tables, stat_tap_table *, table);
}

/* No dialog is left that could look at what was there. */
static void start_afresh(struct menu *menu)
{
    if (menu->seen) {
        g_hash_table_destroy(menu->seen);
        g_string_chunk_free(menu->texts);
        g_ptr_array_free(menu->spare, TRUE);
    }
    menu->seen = g_hash_table_new(NULL, NULL);
    menu->texts = g_string_chunk_new(4096);
    menu->spare = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < title_count(menu); i++)
        stat_tap_add_table(&menu->ui, stat_tap_init_table(menu->titles[i], (int)menu->ui.nfields, 0, NULL));
}

static void take_rows(struct menu *menu, stat_tap_table *table)
{
    for (unsigned row = 0; row < table->num_elements; row++)
        g_ptr_array_add(menu->spare, table->elements[row]);
    table->num_elements = 0;
}

/* The table that says what was cut. */
static void drop_cut_table(struct menu *menu)
{
    unsigned last = title_count(menu);

    menu->cut = 0;
    if (menu->ui.tables->len <= last)
        return;
    take_rows(menu, table_at(menu, last));
    g_free(table_at(menu, last)->elements);
    g_free(table_at(menu, last));
    g_array_set_size(menu->ui.tables, last);
}

static void empty_tables(struct menu *menu)
{
    if (!menu->ui.tables || menu->ui.tables->len == 0) {
        start_afresh(menu);
        return;
    }
    g_hash_table_remove_all(menu->seen);
    for (unsigned i = 0; i < title_count(menu); i++)
        take_rows(menu, table_at(menu, i));
    drop_cut_table(menu);
}

void menu_clear(struct menu *menu)
{
    empty_tables(menu);
    if (menu->forget)
        menu->forget();
}

/* A dialog is about to be filled. */
static void fill(stat_tap_table_ui *ui)
{
    menu_clear((struct menu *)ui);
}

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data_of_tap,
                              tap_flags_t flags _U_)
{
    struct menu *menu = (struct menu *)((stat_data_t *)data)->stat_tap_data;
    const struct simtcp_place *place = data_of_tap;

    if (!g_hash_table_add(menu->seen, (void *)place->connection))
        return TAP_PACKET_DONT_REDRAW;
    menu->add(menu, place->connection, clock_start(pinfo));
    return TAP_PACKET_REDRAW;
}

void menu_register(struct menu *menu)
{
    static tap_param filter = { PARAM_FILTER, "filter", "Filter", NULL, TRUE };

    menu->ui.group = REGISTER_PACKET_STAT_GROUP_UNSORTED;
    menu->ui.tap_name = SIMTCP_TAP_NAME;
    menu->ui.stat_tap_init_cb = fill;
    menu->ui.packet_func = take;
    menu->ui.nparams = 1;
    menu->ui.params = &filter;
    register_stat_tap_table_ui(&menu->ui);
}

const char *menu_text(struct menu *menu, const char *text)
{
    return g_string_chunk_insert_const(menu->texts, text);
}

/* One more row, its memory used again if possible; returns its number. */
static unsigned add_row(struct menu *menu, stat_tap_table *rows, const stat_tap_table_item_type *cells)
{
    unsigned added = rows->num_elements;

    if (menu->spare->len > 0) {
        rows->elements = g_renew(stat_tap_table_item_type *, rows->elements, added + 1);
        rows->elements[added] = g_ptr_array_steal_index_fast(menu->spare, menu->spare->len - 1);
        rows->num_elements = added + 1;
    }
    stat_tap_init_table_row(rows, added, rows->num_fields, cells);
    return added;
}

static void count_cut(struct menu *menu)
{
    const unsigned columns = (unsigned)menu->ui.nfields;
    stat_tap_table_item_type *cells = g_new(stat_tap_table_item_type, columns);

    if (menu->cut++ == 0)
        stat_tap_add_table(&menu->ui, stat_tap_init_table("(not shown)", (int)columns, 0, NULL));
    cells[0] = menu_number(menu->cut);
    for (unsigned i = 1; i < columns; i++)
        cells[i] = menu_string(menu, i == 1 ? "more; set a filter to see them" : "");
    if (menu->cut == 1)
        add_row(menu, table_at(menu, title_count(menu)), cells);
    else
        stat_tap_init_table_row(table_at(menu, title_count(menu)), 0, columns, cells);
    g_free(cells);
}

void menu_put(struct menu *menu, unsigned table, unsigned *row, const stat_tap_table_item_type *cells)
{
    stat_tap_table *rows = table_at(menu, table);

    if (*row == NO_ROOM)
        return;
    if (*row != 0) {
        stat_tap_init_table_row(rows, *row - 1, rows->num_fields, cells);
    } else if (rows->num_elements < MENU_MOST_ROWS) {
        *row = add_row(menu, rows, cells) + 1;
    } else {
        *row = NO_ROOM;
        count_cut(menu);
    }
}

stat_tap_table_item_type menu_number(unsigned number)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_UINT, .value.uint_value = number };
}

stat_tap_table_item_type menu_float(double number)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_FLOAT, .value.float_value = number };
}

stat_tap_table_item_type menu_string(struct menu *menu, const char *text)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_STRING, .value.string_value = menu_text(menu, text) };
}
