/* `imgbuild sign`: adds a signature to an archive, with a key file or a command that asks an HSM or
 * key server; or removes all signatures. */
#include "cli/sign_options.h"

/* ---- options ---- */

/* Options that require other options, which are missing. */
static bool check_company(struct invocation *invocation)
{
    static const struct {
        const char *option, *company;
    } rules[] = {
        {"passphrase-file", "key"},
        {"public", "signer"},
        {"signer-input", "signer"},
        {"signer", "public"},
    };
    const struct options *options = &invocation->options;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (options_value(options, rules[i].option) != NULL &&
            options_value(options, rules[i].company) == NULL) {
            command_usage(invocation, "--%s requires --%s", rules[i].option, rules[i].company);
            return false;
        }
    }
    return true;
}

static bool read_source(struct invocation *invocation, struct signer_source *ret)
{
    const struct options *options = &invocation->options;
    struct signer_source source = {
        .progress = &invocation->progress,
        .key_path = options_value(options, "key"),
        .passphrase_path = options_value(options, "passphrase-file"),
        .command = options_value(options, "signer"),
        .public_path = options_value(options, "public"),
    };
    const bool signs = source.key_path != NULL || source.command != NULL;
    if (!check_company(invocation) ||
        !sign_options_read_input(invocation, "signer-input", &source.input))
        return false;
    if (source.key_path != NULL && source.command != NULL)
        command_usage(invocation, "give --key or --signer, not both");
    else if (!signs && options_value(options, "cert") != NULL)
        command_usage(invocation, "--cert requires --key or --signer");
    else if (!signs && !options_flag(options, "drop-signatures"))
        command_usage(invocation, "missing --key KEY.pem, or --signer COMMAND --public KEY");
    else {
        *ret = source;
        return true;
    }
    return false;
}

/* ---- signing ---- */

/* What a signer made, after it was closed: the key stays in memory no longer than needed. */
struct signed_archive {
    struct span bytes;
    enum signing signing;
    struct public_key key;
    const char *chain_change; /* in words */
};

static bool make_signed(struct invocation *invocation, const struct sign_target *target,
                        const struct signer_source *source, struct signed_archive *ret)
{
    struct span chain;
    struct signer *signer = NULL;
    if (!sign_options_read_chain(invocation, &chain) ||
        !signer_open(source, invocation->arena, &signer, invocation->diags))
        return false;
    ret->key = *signer_public(signer);
    const bool ok =
        signer_sign_archive(signer, &target->archive, chain, &ret->signing, &ret->bytes);
    signer_close(signer);
    ret->chain_change = sign_target_chain_change(target, &ret->key, chain);
    return ok;
}

static enum exit_status sign(struct invocation *invocation, const struct sign_target *target,
                             const struct signer_source *source)
{
    struct signed_archive made;
    if (!make_signed(invocation, target, source, &made))
        return EXIT_INPUT;
    const struct sign_news news = {made.signing, &made.key, made.chain_change};
    return sign_target_write(target, made.bytes) && sign_options_tell(invocation, target, &news)
               ? command_status(invocation)
               : EXIT_INPUT;
}

static bool tell_dropped(struct invocation *invocation, const struct sign_target *target, bool had)
{
    if (invocation->terminal->verbosity == QUIET)
        return true;
    return terminal_print(invocation->terminal,
                          arena_format(invocation->arena, "%s  %s\n",
                                       had ? "signatures removed" : "no signatures to remove",
                                       target->output_path));
}

static enum exit_status write_unsigned(struct invocation *invocation,
                                       const struct sign_target *target)
{
    return sign_target_write(target, target->archive.bytes) ? command_status(invocation)
                                                            : EXIT_INPUT;
}

static enum exit_status change(struct invocation *invocation, struct sign_target *target,
                               const struct signer_source *source)
{
    bool had = false;
    const bool drops = options_flag(&invocation->options, "drop-signatures");
    if (drops && !sign_target_drop_signatures(target, &had))
        return EXIT_INPUT;
    const bool signs = source->key_path != NULL || source->command != NULL;
    const enum exit_status status =
        signs ? sign(invocation, target, source) : write_unsigned(invocation, target);
    return status == EXIT_DONE && drops && !tell_dropped(invocation, target, had) ? EXIT_INPUT
                                                                                  : status;
}

static enum exit_status run(struct invocation *invocation)
{
    struct signer_source source;
    if (!read_source(invocation, &source))
        return EXIT_USAGE;
    struct sign_target target;
    if (!sign_options_open_target(invocation, SIGN_TARGET_TO_CHANGE, &target))
        return EXIT_INPUT;
    const enum exit_status status = change(invocation, &target, &source);
    sign_target_close(&target);
    return status;
}

static const struct option options[] = {
    {"key", 0, OPTION_ONE, "KEY.pem", "sign with this private key"},
    {"passphrase-file", 0, OPTION_ONE, "FILE",
     "read its passphrase from the first line of FILE (default: ask)"},
    {"signer", 0, OPTION_ONE, "COMMAND", "sign with this command, run by /bin/sh"},
    {"public", 0, OPTION_ONE, "KEY", "with --signer: its public key or certificate"},
    {"signer-input", 0, OPTION_ONE, "digest|message",
     "what COMMAND reads from standard input (default digest)"},
    {"cert", 0, OPTION_ONE, "CHAIN.pem", "add these certificates to the signature"},
    {"drop-signatures", 0, OPTION_FLAG, NULL, "remove all signatures first"},
    {"output", 'o', OPTION_ONE, "FILE", "write to FILE (default: in place)"},
};

const struct command command_sign = {
    .name = "sign",
    .words = "ARCHIVE",
    .least_words = 1,
    .most_words = 1,
    .summary = "sign an archive with a key file, an HSM or a key server",
    .help =
        "The key determines the algorithm: ECDSA with SHA-256 for P-256 and with SHA-384 for\n"
        "P-384, RSASSA-PSS with SHA-256 and a 32-byte salt for RSA-3072 and RSA-4096. Signing\n"
        "twice with a key changes nothing; the order of several keys does not matter.\n\n"
        "COMMAND reads the binary digest, or the message, from standard input and prints the\n"
        "signature: DER or r||s for ECDSA, raw for RSA. IMGBUILD_DIGEST is sha256 or sha384;\n"
        "IMGBUILD_KEY_ID and IMGBUILD_KEY_KIND describe the key. The signature is verified before\n"
        "anything is written. For example:\n"
        "  --signer 'pkcs11-tool --module MODULE --login --pin env:PIN --sign -m ECDSA "
        "--signature-format openssl'\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
