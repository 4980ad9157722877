/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "roles.h"

#include <stdio.h>
#include <string.h>

static const char *const known[] = {
    "1.SYN n", "1.SYN k", "2.ACK n+1", "2.ACK k+1", "3.ACK k+1", "1.FIN n", "1.FIN k", "3.FIN k", "4.ACK k+1",
};

static bool add_role(struct scanner *scanner, struct roles *roles)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!scan_text(scanner, known[i]))
            continue;
        if (roles->count == ROLES_MAX)
            return scan_fail(scanner, "a packet has at most %d roles", ROLES_MAX);
        strcpy(roles->text[roles->count++], known[i]);
        return true;
    }
    return scan_fail(scanner, "not a role (such as '1.SYN n' or '2.ACK k+1')");
}

/* "n" must not match the start of "n+1", nor "n+1" that of "n+10". */
static bool at_role_end(const struct scanner *scanner)
{
    int c = scan_peek(scanner);
    return scan_at_line_end(scanner) || c == ' ' || c == '\t' || c == '\r' || c == ';';
}

bool roles_scan(struct scanner *scanner, struct roles *roles)
{
    *roles = (struct roles){ .stated = true };
    scan_blanks(scanner);
    if (scan_text(scanner, "?"))
        roles->stated = false;
    else if (!scan_text(scanner, "-"))
        do {
            scan_blanks(scanner);
            if (roles->count && scan_word(scanner, "repeat"))
                roles->repeat = true;
            else if (roles->repeat || !add_role(scanner, roles) || !at_role_end(scanner))
                return scan_fail(scanner, "expected '; ', 'repeat' at the end, or the end of the line");
            scan_blanks(scanner);
        } while (scan_text(scanner, ";"));
    scan_blanks(scanner);
    return scan_at_line_end(scanner) || scan_fail(scanner, "unexpected text after the roles");
}

void roles_format(const struct roles *roles, char text[ROLES_TEXT])
{
    int length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < roles->count; i++)
        length += snprintf(text + length, ROLES_TEXT - (size_t)length, "%s%s", i ? "; " : "", roles->text[i]);
    if (roles->count && roles->repeat)
        snprintf(text + length, ROLES_TEXT - (size_t)length, "; repeat");
}
