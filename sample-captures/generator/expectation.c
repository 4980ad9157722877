/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expectation.h"

static void text(FILE *out, const char *value)
{
    fputc('"', out);
    for (; *value; value++) {
        unsigned char c = (unsigned char)*value;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void frame(FILE *out, size_t number, const struct roles *roles)
{
    fprintf(out, "{\"frame\":%zu,\"roles\":[", number);
    for (size_t i = 0; i < roles->count; i++) {
        fputs(i ? "," : "", out);
        text(out, roles->text[i]);
    }
    fprintf(out, "],\"repeat\":%s}", roles->repeat ? "true" : "false");
}

static void frames(FILE *out, const struct scenario *scenario)
{
    const char *separator = "";

    for (size_t i = 0; scenario->states_roles && i < scenario->frame_count; i++) {
        if (!scenario->frames[i].roles.stated)
            continue;
        fprintf(out, "%s\n  ", separator);
        frame(out, i + 1, &scenario->frames[i].roles);
        separator = ",";
    }
}

static void verdict(FILE *out, const char *key, const char *value)
{
    if (value) {
        fprintf(out, ",\"%s\":", key);
        text(out, value);
    }
}

static void connection(FILE *out, size_t number, const struct connection *connection)
{
    fprintf(out, "{\"connection\":%zu", number);
    verdict(out, "open", connection->open);
    verdict(out, "close", connection->close);
    if (connection->time_wait) {
        fputs(",\"time_wait\":[", out);
        for (size_t i = 0; i < connection->holders; i++) {
            fputs(i ? "," : "", out);
            text(out, connection->holder[i]);
        }
        fputc(']', out);
    }
    fputc('}', out);
}

static void connections(FILE *out, const struct scenario *scenario)
{
    const char *separator = "";

    for (size_t i = 0; i < scenario->connection_count; i++) {
        const struct connection *expected = &scenario->connections[i];
        if (!expected->open && !expected->close && !expected->time_wait)
            continue;
        fprintf(out, "%s\n  ", separator);
        connection(out, i, expected);
        separator = ",";
    }
}

void expectation_print(FILE *out, const struct scenario *scenario)
{
    fputs("{\"title\":", out);
    text(out, scenario->title);
    fputs(",\n \"frames\":[", out);
    frames(out, scenario);
    fputs("],\n \"connections\":[", out);
    connections(out, scenario);
    fputs("]}\n", out);
}
