/* SPDX-License-Identifier: GPL-2.0-or-later */
/* simtcp-gen: the command line. */
#include "expectation.h"
#include "pcapng.h"
#include "scenario.h"
#include "script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "Usage: simtcp-gen SCRIPT -o FILE.pcapng\n"
                            "       simtcp-gen --expectations SCRIPT\n"
                            "\n"
                            "Turns a script in packetdrill's notation into a capture file. No packet is sent.\n"
                            "\n"
                            "  -o FILE         write the capture to FILE; after an error FILE is left as it was\n"
                            "  --expectations  print what the script expects of each frame and connection, as JSON\n"
                            "  --help          print this text\n"
                            "  --version       print the version\n";

struct arguments {
    const char *script;
    const char *output;
    bool expectations;
};

static bool fail(const char *format, const char *argument)
{
    fputs("simtcp-gen: ", stderr);
    fprintf(stderr, format, argument);
    fputs("\n", stderr);
    return false;
}

static bool arguments_read(char **argv, struct arguments *arguments)
{
    for (argv++; *argv; argv++) {
        if (strcmp(*argv, "--expectations") == 0)
            arguments->expectations = true;
        else if (strcmp(*argv, "-o") == 0) {
            arguments->output = *++argv;
            if (!arguments->output)
                return fail("%s needs the name of a file", "-o");
        } else if (**argv == '-' && (*argv)[1])
            return fail("unknown option %s, see --help", *argv);
        else if (arguments->script)
            return fail("more than one script: %s", *argv);
        else
            arguments->script = *argv;
    }
    if (!arguments->script)
        return fail("%s, see --help", "which script?");
    if (arguments->expectations == (arguments->output != NULL))
        return fail("give either %s, see --help", "-o FILE or --expectations");
    return true;
}

static bool file_read(const char *path, struct buffer *content)
{
    char block[65536];
    size_t n;
    FILE *file = fopen(path, "rb");

    if (!file)
        return false;
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buffer_add(content, block, n);
    bool good = !ferror(file);
    int reason = errno;
    fclose(file);
    errno = reason;
    return good;
}

static bool scenario_read(const char *path, struct scenario *scenario)
{
    struct buffer text = { 0 };
    struct scanner scanner = { 0 };

    if (!file_read(path, &text)) {
        buffer_free(&text);
        fprintf(stderr, "simtcp-gen: %s: %s\n", path, strerror(errno));
        return false;
    }
    bool good = script_read((const char *)text.bytes, text.length, scenario, &scanner);
    if (!good) {
        size_t line, column;
        scan_position(&scanner, &line, &column);
        fprintf(stderr, "simtcp-gen: %s:%zu:%zu: %s\n", path, line, column, scanner.message);
    }
    buffer_free(&text);
    return good;
}

static bool capture_write(const char *path, const struct scenario *scenario)
{
    struct buffer content = { 0 };

    pcapng_build(&content, scenario);
    bool good = pcapng_save(&content, path);
    if (!good)
        fprintf(stderr, "simtcp-gen: %s: %s\n", path, strerror(errno));
    buffer_free(&content);
    return good;
}

static bool run(const struct arguments *arguments)
{
    struct scenario scenario;

    scenario_init(&scenario);
    bool good = scenario_read(arguments->script, &scenario);
    if (good && scenario.skipped)
        fprintf(stderr, "simtcp-gen: %s: passed over %zu items that only packetdrill can run\n", arguments->script,
                scenario.skipped);
    if (good && arguments->expectations) {
        expectation_print(stdout, &scenario);
        if (fflush(stdout) != 0 || ferror(stdout))
            good = fail("cannot write: %s", strerror(errno));
    } else if (good)
        good = capture_write(arguments->output, &scenario);
    scenario_free(&scenario);
    return good;
}

int main(int argc, char **argv)
{
    struct arguments arguments = { 0 };

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return EXIT_SUCCESS;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("simtcp-gen " SIMTCP_GEN_VERSION);
        return EXIT_SUCCESS;
    }
    return arguments_read(argv, &arguments) && run(&arguments) ? EXIT_SUCCESS : EXIT_FAILURE;
}
