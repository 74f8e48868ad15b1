/* `imgbuild verify`: says whether an archive may be flashed. */
#include "cli/verify_options.h"

static const char *json_of(struct invocation *invocation, const struct verification *verification)
{
    diag_sort(invocation->diags);
    const char *json =
        verification_json(verification, invocation->diags, NULL,
                          (int)verify_answer_status(verification->answer), invocation->arena);
    *invocation->diags = diag_list_in(invocation->arena); /* they are in it */
    return json;
}

static enum exit_status run(struct invocation *invocation)
{
    struct verify_options options;
    if (!verify_options_read(invocation, &options))
        return EXIT_USAGE;
    const struct verification verification =
        verification_run(invocation->options.words[0], &options, VERIFY_ASKS_ALWAYS,
                         invocation->arena, invocation->diags);
    const char *text = options_flag(&invocation->options, "json")
                           ? json_of(invocation, &verification)
                           : verification_text(&verification, invocation->arena);
    return terminal_print(invocation->terminal, text) ? verify_answer_status(verification.answer)
                                                      : EXIT_INPUT;
}

static const struct option options[] = {
    VERIFY_OPTIONS,
    {"json", 0, OPTION_FLAG, NULL, "print the answer and its basis as JSON"},
};

const struct command command_verify = {
    .name = "verify",
    .words = "ARCHIVE.zip",
    .least_words = 1,
    .most_words = 1,
    .summary = "check whether an archive is intact, who signed it, and where it belongs",
    .help =
        "Reads the archive once and checks its structure, signatures and digests, and that its\n"
        "members agree. Options that describe a device check that the archive belongs there.\n"
        "\n"
        "Exit status:\n"
        "  0  intact, signed by enough trusted keys, and no gate refuses\n"
        "  1  damaged\n"
        "  2  wrong usage, or a --trust, --crl or --image-public file that cannot be used\n"
        "  3  intact, but not signed by enough trusted keys; always so without --trust\n"
        "  4  intact and signed, but for other devices\n"
        "  5  the archive cannot be read\n"
        "If several apply: the first of 2, 5, 1, 3, 4.\n"
        "\n"
        "A certificate that signs needs keyUsage digitalSignature, extendedKeyUsage codeSigning, "
        "and\n"
        "must be no CA: without basicConstraints it is none, as X.509 has it. An archive for no "
        "image\n"
        "slot is linked for the whole memory: --slot refuses it. MCUboot's own signature inside "
        "the\n"
        "image is checked with --image-public only; one that is missing or wrong is damage then.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
