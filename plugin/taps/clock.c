/* clock.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "clock.h"

#define SECOND INT64_C(1000000000)

int64_t clock_start(const packet_info *pinfo)
{
    const int64_t limit = INT64_MAX / SECOND - 1;
    nstime_t start;

    nstime_delta(&start, &pinfo->abs_ts, &pinfo->rel_ts);
    return CLAMP((int64_t)start.secs, -limit, limit) * SECOND + start.nsecs;
}

double clock_seconds(int64_t from, int64_t to)
{
    /* unsigned, so that no distance overflows */
    return to >= from ? (double)((uint64_t)to - (uint64_t)from) / 1e9 : -(double)((uint64_t)from - (uint64_t)to) / 1e9;
}

const char *clock_text(wmem_allocator_t *pool, int64_t time)
{
    int64_t second = time / SECOND - (time % SECOND < 0);
    GDateTime *date = g_date_time_new_from_unix_utc(second);
    const char *text;
    char *day;

    if (!date)
        return "-";
    day = g_date_time_format(date, "%Y-%m-%d %H:%M:%S");
    text = wmem_strdup_printf(pool, "%s.%06d", day, (int)((time - second * SECOND) / 1000));
    g_date_time_unref(date);
    g_free(day);
    return text;
}
