/* waits_print.c
 * -z simtcp,time_wait
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "waits.h"

#include <stdio.h>

#include "clock.h"
#include "preferences.h"
#include "table.h"

#define MOST_ROWS 50

static const struct table_column address_columns[] = {
    { "Holder", false },     { "Entered", true },        { "Peak", true },
    { "Peak at (s)", true }, { "Peak at (UTC)", false }, { "First SYN not let through", false }
};

static const struct table_column port_columns[] = {
    { "Held at", false },    { "Remote end", false }, { "Entered", true },        { "Peak", true },
    { "Ports taken", true }, { "Peak at (s)", true }, { "Peak at (UTC)", false }, { "First SYN not let through", false }
};

static void add_peak_time(struct table *table, wmem_allocator_t *pool, const struct group *group, int64_t start)
{
    if (group->peak == 0) {
        table_cell(table, "-");
        table_cell(table, "-");
        return;
    }
    table_cell(table, "%.6f", clock_seconds(start, group->peak_time));
    table_cell(table, "%s", clock_text(pool, group->peak_time));
}

static void add_row(struct table *table, const struct group *group, int64_t start)
{
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    bool of_address = group->kind == GROUP_OF_ADDRESS;

    table_cell(table, "%s", of_address ? facts_address(pool, &group->holder) : waits_end(pool, &group->holder));
    if (!of_address)
        table_cell(table, "%s", waits_end(pool, &group->remote));
    table_cell(table, "%u", group->entered);
    table_cell(table, "%u", group->peak);
    if (!of_address)
        table_cell(table, "%.2f%%", 100 * waits_share(group));
    add_peak_time(table, pool, group, start);
    table_cell(table, "%s", group->refused_frame ? waits_refused(pool, group) : "-");
    wmem_destroy_allocator(pool);
}

static void print_groups(GPtrArray *groups, const struct table_column *columns, unsigned count, int64_t start)
{
    struct table *table = table_new(columns, count);

    for (unsigned i = 0; i < MIN(groups->len, MOST_ROWS); i++)
        add_row(table, g_ptr_array_index(groups, i), start);
    table_print(table);
    table_free(table);
    if (groups->len > MOST_ROWS)
        printf("... and %u more; add a filter to see them\n", groups->len - MOST_ROWS);
}

static void print_warning(wmem_allocator_t *pool, const struct group *group)
{
    if (group->kind == GROUP_AT_CLIENT)
        printf("Warning: %s has %u of its %u ephemeral ports to %s in TIME-WAIT (estimate): ",
               facts_address(pool, &group->holder), group->peak, preferences.ephemeral_ports,
               waits_end(pool, &group->remote));
    else
        printf("Warning: %s has TIME-WAIT (estimate) for %u of the %u ephemeral ports of %s: ",
               waits_end(pool, &group->holder), group->peak, preferences.ephemeral_ports,
               facts_address(pool, &group->remote));
    printf("%s.\n", waits_meaning(group));
}

/* What was cut included: the largest are in front, so this ends soon. */
static void print_warnings(GPtrArray *groups)
{
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);

    for (unsigned i = 0; i < groups->len; i++) {
        const struct group *group = g_ptr_array_index(groups, i);

        if (!waits_meaning(group))
            break;
        if (i == 0)
            printf("\n");
        print_warning(pool, group);
    }
    wmem_destroy_allocator(pool);
}

static unsigned sum_entered(GPtrArray *groups)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < groups->len; i++)
        sum += ((const struct group *)g_ptr_array_index(groups, i))->entered;
    return sum;
}

static void print(const struct report *report)
{
    struct waits *waits = waits_new();
    GPtrArray *addresses, *ports;

    for (unsigned i = 0; i < report->connections->len; i++)
        waits_add(waits, g_ptr_array_index(report->connections, i), NULL);
    addresses = waits_groups(waits, true);
    ports = waits_groups(waits, false);

    printf("How long TIME-WAIT lasts, 2 MSL, is not on the wire: peaks are estimates, with %u s"
           " (preference simtcp.time_wait_seconds).\n\n",
           preferences.time_wait_seconds);
    print_groups(addresses, address_columns, G_N_ELEMENTS(address_columns), report->start);
    printf("\nBy ports taken, of %u ephemeral ports of a host (preference simtcp.ephemeral_ports):\n\n",
           preferences.ephemeral_ports);
    print_groups(ports, port_columns, G_N_ELEMENTS(port_columns), report->start);
    print_warnings(ports);
    printf("\nTIME-WAITs: %u, holders: %u\n", sum_entered(addresses), addresses->len);

    g_ptr_array_unref(addresses);
    g_ptr_array_unref(ports);
    waits_free(waits);
}

void waits_register(void)
{
    static const struct command command = { .name = "simtcp,time_wait", .title = "simtcp: TIME-WAIT", .print = print };

    command_register(&command);
}
