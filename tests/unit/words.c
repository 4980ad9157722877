/* words.c
 * What a frame shows, in words: one function for each key.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "reading.h"

static const char *const open_names[] = { "Unknown", "Three-way", "Simultaneous",
                                          "Self-connect", "Split handshake", "Simultaneous or split",
                                          "Incomplete", "Refused" };

static const char *const close_names[] = { "Open", "Orderly", "Simultaneous", "Half-closed", "Reset", "Undecidable" };

static const char *const state_names[] = { "Unknown", "CLOSED", "LISTEN", "SYN-SENT",
                                           "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
                                           "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT" };

static const char *const answer_names[] = { "Accepted", "Challenged", "Refused", "Ignored" };

static const char *const phase_names[] = { "Open", "Close", "-" };

static const struct {
    unsigned event;
    const char *name;
} event_names[] = {
    { SIMTCP_EVENT_SIMOPEN, "simopen" },
    { SIMTCP_EVENT_SIMCLOSE, "simclose" },
    { SIMTCP_EVENT_SELF_CONNECT, "self-connect" },
    { SIMTCP_EVENT_SPLIT_HANDSHAKE, "split-handshake" },
    { SIMTCP_EVENT_NOT_A_RETRANSMISSION, "not-a-retransmission" },
    { SIMTCP_EVENT_TIME_WAIT_REUSE, "reuse" },
    { SIMTCP_EVENT_TIME_WAIT_REFUSED, "refused" },
    { SIMTCP_EVENT_ASSASSINATION, "assassination" },
};

static void say(char *text, const char *separator, const char *word)
{
    size_t used = strlen(text);

    snprintf(text + used, TEXT_SIZE - used, "%s%s", used ? separator : "", word);
}

static void say_if(char *text, bool true_or_not)
{
    say(text, "", true_or_not ? "yes" : "no");
}

static void say_frame(char *text, uint32_t frame)
{
    char number[12];

    snprintf(number, sizeof number, "%u", frame);
    say(text, "", frame ? number : "-");
}

static void say_ends(const struct sight *sight, char *text, unsigned count, const struct simtcp_endpoint *ends)
{
    static const char *const letters[] = { "a", "b", "c", "d", "s" };

    /* in the order of the letters: which end is end 0 is the core's own affair */
    for (unsigned i = 0; i < SCRIPT_ENDS; i++)
        for (unsigned j = 0; j < count; j++)
            if (memcmp(&sight->run->end[i], &ends[j], sizeof ends[j]) == 0)
                say(text, " ", letters[i]);
    if (!text[0])
        say(text, "", "-");
}

static void describe_holders(const struct sight *sight, char *text)
{
    say_ends(sight, text, sight->view->holder_count, sight->view->holders);
}

static void describe_enters(const struct sight *sight, char *text)
{
    say_ends(sight, text, sight->view->enter_count, sight->view->enters);
}

static void describe_open(const struct sight *sight, char *text)
{
    say(text, "", sight->view->open_stands ? open_names[sight->view->open] : "-");
}

static void describe_close(const struct sight *sight, char *text)
{
    say(text, "", sight->view->close_stands ? close_names[sight->view->close] : "-");
}

static void describe_simopen(const struct sight *sight, char *text)
{
    say_if(text, sight->view->simopen);
}

static void describe_simclose(const struct sight *sight, char *text)
{
    say_if(text, sight->view->simclose);
}

static void describe_opened(const struct sight *sight, char *text)
{
    say_if(text, sight->view->open_completed);
}

static void describe_closed(const struct sight *sight, char *text)
{
    say_if(text, sight->view->close_completed);
}

static void describe_flagged(const struct sight *sight, char *text)
{
    say_if(text, sight->view->flagged);
}

static void describe_starts(const struct sight *sight, char *text)
{
    say_if(text, sight->view->time_wait_starts);
}

static void describe_note(const struct sight *sight, char *text)
{
    say_if(text, sight->place->note);
}

static void describe_role(const struct sight *sight, char *text)
{
    char role[SIMTCP_ROLE_SIZE];

    for (unsigned i = 0; i < sight->view->role_count; i++)
        say(text, ", ", simtcp_role_text(&sight->view->roles[i], role));
    if (!text[0])
        say(text, "", "-");
    if (sight->view->repeat)
        say(text, " ", "(repeat)");
}

static void describe_notation(const struct sight *sight, char *text)
{
    char notation[SIMTCP_NOTATION_SIZE];

    simtcp_notation(sight->place, sight->view, notation);
    say(text, "", notation[0] ? notation : "-");
}

static void describe_phase(const struct sight *sight, char *text)
{
    say(text, "", phase_names[sight->view->phase]);
}

/* A number, counted from the ISN that is expected: "a2:1". */
static void describe_number(const struct sight *sight, char *text, bool known, uint32_t number)
{
    const char *expected = sight->expected;
    unsigned isn =
        isdigit((unsigned char)expected[0] ? (unsigned char)expected[1] : 0) ? (unsigned)(expected[1] - '1') : 0;

    if (!known)
        say(text, "", "-");
    else if (!strchr(expected, ':'))
        say(text, "", "a number");
    else
        snprintf(text, TEXT_SIZE, "%.*s:%u", (int)strcspn(expected, ":"), expected,
                 number - sight->run->isn[script_end(sight->run, expected[0])][isn]);
}

static void describe_n(const struct sight *sight, char *text)
{
    describe_number(sight, text, sight->view->n_known, sight->view->n);
}

static void describe_k(const struct sight *sight, char *text)
{
    describe_number(sight, text, sight->view->k_known, sight->view->k);
}

static void describe_states(const struct sight *sight, char *text)
{
    const char *expected = sight->expected, *slash = strchr(expected, '/');

    say(text, "", expected[0] == '*' ? "*" : state_names[sight->view->src_state]);
    say(text, "/", slash && slash[1] == '*' ? "*" : state_names[sight->view->dst_state]);
}

static void describe_partner(const struct sight *sight, char *text)
{
    say_frame(text, sight->view->partner);
}

static void describe_answers(const struct sight *sight, char *text)
{
    say_frame(text, sight->view->answers);
}

static void describe_reset(const struct sight *sight, char *text)
{
    say(text, "", !sight->view->reset ? "-" : sight->view->reset_ignored ? "ignored"
                                                                         : "counts");
}

static void describe_events(const struct sight *sight, char *text)
{
    for (unsigned i = 0; i < sizeof event_names / sizeof *event_names; i++)
        if (sight->view->events & event_names[i].event)
            say(text, " ", event_names[i].name);
    if (!text[0])
        say(text, "", "-");
}

static void describe_age(const struct sight *sight, char *text)
{
    char number[24];

    snprintf(number, sizeof number, "%.3g", (double)sight->view->reuse_age / 1e9);
    say(text, "", sight->view->reuse ? number : "-");
}

static void describe_answer(const struct sight *sight, char *text)
{
    say(text, "", sight->view->answer_known ? answer_names[sight->view->answer] : "-");
}

static void describe_assassinated(const struct sight *sight, char *text)
{
    say_if(text, sight->view->assassinated);
}

static void describe_concurrent(const struct sight *sight, char *text)
{
    struct simtcp_endpoint sender = simtcp_end(sight->place->connection, sight->place->sender);
    char number[12];
    uint32_t count = 0;
    bool known = simtcp_concurrent(sight->run->tracker, &sender, sight->place->frame, !sight->now, &count);

    snprintf(number, sizeof number, "%u", count);
    say(text, "", known ? number : "-");
}

/* The part of the sentence that is expected, or the sentence. */
static void describe_why(const struct sight *sight, char *text)
{
    char why[SIMTCP_WHY_SIZE];

    simtcp_why(sight->place, sight->view, why);
    say(text, "", strstr(why, sight->expected) ? sight->expected : why);
}

static const struct {
    const char *key;
    void (*describe)(const struct sight *sight, char *text);
} keys[] = {
    { "open", describe_open },
    { "close", describe_close },
    { "simopen", describe_simopen },
    { "simclose", describe_simclose },
    { "opened", describe_opened },
    { "closed", describe_closed },
    { "flagged", describe_flagged },
    { "starts", describe_starts },
    { "holders", describe_holders },
    { "enters", describe_enters },
    { "role", describe_role },
    { "notation", describe_notation },
    { "phase", describe_phase },
    { "n", describe_n },
    { "k", describe_k },
    { "states", describe_states },
    { "partner", describe_partner },
    { "answers", describe_answers },
    { "reset", describe_reset },
    { "events", describe_events },
    { "note", describe_note },
    { "age", describe_age },
    { "answer", describe_answer },
    { "assassinated", describe_assassinated },
    { "concurrent", describe_concurrent },
    { "why", describe_why },
};

bool describe(const struct sight *sight, const char *key, char text[TEXT_SIZE])
{
    text[0] = '\0';
    if (strcmp(key, "conn") == 0) {
        if (sight->place->connection)
            snprintf(text, TEXT_SIZE, "%u", sight->view->number);
        else
            say(text, "", "-");
        return true;
    }
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(key, keys[i].key) != 0)
            continue;
        if (sight->place->connection)
            keys[i].describe(sight, text);
        else
            say(text, "", "nothing: it is a stray");
        return true;
    }
    return false;
}

void describe_all(const struct sight *sight)
{
    char text[TEXT_SIZE];

    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        describe(sight, keys[i].key, text);
}
