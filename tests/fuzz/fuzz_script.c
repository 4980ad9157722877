/* fuzz_script.c
 * libFuzzer's target for the reader of scenarios: any text is either refused with a place and a message, or
 * becomes a capture and its expectations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "expectation.h"
#include "pcapng.h"
#include "script.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_refusal(const struct scanner *scanner)
{
    size_t line = 0, column = 0;

    scan_position(scanner, &line, &column);
    require(scanner->failed && scanner->failed_at <= scanner->length && line >= 1 && column >= 1);
    require(memchr(scanner->message, '\0', sizeof scanner->message) && scanner->message[0]);
}

static void check_scenario(const struct scenario *scenario)
{
    require(scenario->interface_count >= 1 && scenario->interface_count <= INTERFACES_MAX);
    require(scenario->connection_count <= CONNECTIONS_MAX);
    for (size_t i = 0; i < scenario->frame_count; i++) {
        const struct frame *frame = &scenario->frames[i];

        require(frame->interface < scenario->interface_count && frame->roles.count <= ROLES_MAX);
        require(frame->bytes.length > 0);
    }
}

/* Every block of a pcapng file begins and ends with its length, and they fill the file. */
static void check_blocks(const struct buffer *content)
{
    size_t at = 0;

    while (at < content->length) {
        uint32_t first, last;

        require(content->length - at >= 12);
        memcpy(&first, content->bytes + at + 4, 4);
        require(first >= 12 && first % 4 == 0 && first <= content->length - at);
        memcpy(&last, content->bytes + at + first - 4, 4);
        require(first == last);
        at += first;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static FILE *nowhere;
    struct scenario scenario;
    struct scanner scanner = { 0 };
    struct buffer content = { 0 };

    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    require(nowhere != NULL);
    scenario_init(&scenario);
    if (script_read((const char *)bytes, size, &scenario, &scanner)) {
        check_scenario(&scenario);
        expectation_print(nowhere, &scenario);
        pcapng_build(&content, &scenario);
        check_blocks(&content);
        buffer_free(&content);
    } else {
        check_refusal(&scanner);
    }
    scenario_free(&scenario);
    return 0;
}
