/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "habits.h"

#define MS INT64_C(1000)
#define SECONDS INT64_C(1000000)

static void linux_habits(struct habits *habits, struct random *random)
{
    habits->timestamps = random_chance(random, 0.9);
    habits->sack = random_chance(random, 0.95);
    habits->window_scale = random_chance(random, 0.9) ? 7 : -1;
    habits->window = 64240;
    /* kernels before 2024 challenge the crossing SYN+ACK */
    habits->crossing = random_chance(random, 0.75) ? CROSSING_ACK : CROSSING_CHALLENGE;
    habits->duplicate_sack = true;
    habits->syn_ack_again = true;
    habits->fin_acked_late = random_chance(random, 0.5);
    habits->reuses_own_time_wait = true;
    habits->clocked_isn = true;
    habits->rto_initial = 1 * SECONDS;
    habits->rto_least = 200 * MS;
    habits->delayed_ack = 40 * MS;
    habits->two_msl = 60 * SECONDS;
    habits->fin_wait_2_limit = 60 * SECONDS;
}

static void bsd_habits(struct habits *habits, struct random *random)
{
    habits->timestamps = random_chance(random, 0.9);
    habits->sack = true;
    habits->window_scale = 6;
    habits->window = 65535;
    habits->crossing = CROSSING_ACK;
    habits->fin_with_every_ack = true;
    habits->syn_ack_again = true;
    habits->fin_acked_late = random_chance(random, 0.3);
    habits->resets_when_giving_up = true;
    habits->clocked_isn = random_chance(random, 0.5);
    habits->rto_initial = 1 * SECONDS;
    habits->rto_least = 230 * MS;
    habits->delayed_ack = 40 * MS;
    habits->two_msl = 60 * SECONDS;
    habits->fin_wait_2_limit = 60 * SECONDS;
}

static void rfc_habits(struct habits *habits, struct random *random)
{
    static const uint32_t windows[] = { 1072, 2144, 4096, 8192, 65535 };

    habits->window_scale = -1;
    habits->window = windows[random_below(random, 5)];
    habits->crossing = random_chance(random, 0.7) ? CROSSING_SILENT : CROSSING_CHALLENGE;
    habits->retransmits_old_ack = true;
    habits->clocked_isn = true;
    habits->rto_initial = 1 * SECONDS;
    habits->rto_least = 1 * SECONDS;
    habits->delayed_ack = 200 * MS;
    habits->two_msl = 240 * SECONDS;
}

void habits_draw(struct habits *habits, enum profile profile, struct random *random)
{
    static const uint16_t sizes[] = { 1460, 1460, 1440, 1400, 1220, 536 };

    if (profile == PROFILE_MIXED) {
        uint32_t draw = random_below(random, 10);
        profile = draw < 5 ? PROFILE_LINUX : draw < 8 ? PROFILE_BSD : PROFILE_RFC;
    }
    *habits = (struct habits){ .profile = profile };
    habits->mss = sizes[random_below(random, 6)];
    habits->syn_tries = 2 + random_below(random, 5);
    habits->tries = 4 + random_below(random, 4);
    if (profile == PROFILE_LINUX)
        linux_habits(habits, random);
    else if (profile == PROFILE_BSD)
        bsd_habits(habits, random);
    else
        rfc_habits(habits, random);
}

const char *profile_name(enum profile profile)
{
    static const char *const names[] = { "linux", "bsd", "rfc", "mixed" };
    return names[profile];
}
