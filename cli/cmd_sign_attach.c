/* `imgbuild sign-attach`: adds a signature that was made elsewhere. */
#include "base/file.h"
#include "cli/sign_options.h"
#include "sign/archive/archive_sign.h"

enum { ANSWER_BYTES_MOST = 4096 }; /* the longest signature has 512 */

static bool read_signature(struct invocation *invocation, const struct sign_target *target,
                           const struct public_key *key, struct signature *ret)
{
    const char *path = options_value(&invocation->options, "signature");
    const struct source_pos named_at = {path, 0, 0};
    const struct message_digest digest =
        signature_digest(key->kind, archive_sign_message(&target->archive));
    struct span answer;
    return file_read(invocation->arena, path, ANSWER_BYTES_MOST, NOWHERE, &answer,
                     invocation->diags) &&
           signature_from_answer(key, &digest, answer, named_at, ret, invocation->diags);
}

static bool attach(struct invocation *invocation, const struct sign_target *target)
{
    struct arena *arena = invocation->arena;
    struct public_key key;
    struct signature signature;
    struct span chain, signed_archive;
    if (!sign_options_read_public(invocation, &key) ||
        !sign_options_read_chain(invocation, &chain) ||
        !read_signature(invocation, target, &key, &signature))
        return false;
    const struct sign_news news = {archive_sign_has(&target->archive, &key, arena) ? SIGNING_KEPT
                                                                                   : SIGNING_NEW,
                                   &key, sign_target_chain_change(target, &key, chain)};
    return archive_sign_add(&target->archive, &key, &signature, chain, arena, &signed_archive,
                            invocation->diags) &&
           sign_target_write(target, signed_archive) &&
           sign_options_tell(invocation, target, &news);
}

static enum exit_status run(struct invocation *invocation)
{
    if (options_value(&invocation->options, "public") == NULL ||
        options_value(&invocation->options, "signature") == NULL)
        return command_usage(invocation, "missing --public KEY or --signature FILE");
    struct sign_target target;
    const bool ok = sign_options_open_target(invocation, SIGN_TARGET_TO_CHANGE, &target) &&
                    attach(invocation, &target);
    sign_target_close(&target);
    return ok ? command_status(invocation) : EXIT_INPUT;
}

static const struct option options[] = {
    {"public", 0, OPTION_ONE, "KEY", "the signer's public key or certificate"},
    {"signature", 0, OPTION_ONE, "FILE", "the signature: DER or r||s for ECDSA, raw for RSA"},
    {"cert", 0, OPTION_ONE, "CHAIN.pem", "add these certificates to the signature"},
    {"output", 'o', OPTION_ONE, "FILE", "write to FILE (default: in place)"},
};

const struct command command_sign_attach = {
    .name = "sign-attach",
    .words = "ARCHIVE",
    .least_words = 1,
    .most_words = 1,
    .summary = "add a signature made elsewhere for the output of sign-request",
    .help = "The signature is verified before anything is written.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
