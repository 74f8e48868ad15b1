#include "cli/signing/signer.h"

#include "base/file.h"
#include "base/process/process_filter.h"
#include "base/progress.h"
#include "cli/signing/passphrase.h"
#include "cli/signing/public_file.h"
#include "sign/archive/archive_sign.h"
#include "sign/certificates/public_key_file.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWER_BYTES_MOST = 4096 }; /* the longest signature has 512 */

/* From malloc, not from an arena: an arena's memory is not wiped. */
struct signer {
    struct arena *arena;
    struct diag_list *diags;
    struct signer_source source;
    struct private_key private; /* of a key file */
    struct public_key public;   /* of a command */
};

/* ---- opening ---- */

static bool read_private(struct signer *signer, struct span pem, struct passphrase *passphrase)
{
    const struct signer_source *source = &signer->source;
    const struct source_pos named_at = {source->key_path, 0, 0};
    if (private_key_is_encrypted(pem) && !passphrase_read(source->passphrase_path, source->key_path,
                                                          signer->arena, passphrase, signer->diags))
        return false;
    const struct span secret = {passphrase->bytes, passphrase->byte_count};
    return private_key_read(pem, secret, named_at, signer->arena, &signer->private, signer->diags);
}

static bool open_key_file(struct signer *signer)
{
    const struct source_pos named_at = {signer->source.key_path, 0, 0};
    uint8_t text[PRIVATE_KEY_FILE_BYTES_MOST];
    size_t bytes = 0;
    struct passphrase passphrase = {.byte_count = 0};
    const bool ok = file_read_secret(signer->source.key_path, text, sizeof text, named_at, &bytes,
                                     signer->diags) &&
                    read_private(signer, (struct span){text, bytes}, &passphrase);
    secret_wipe(text, sizeof text);
    passphrase_wipe(&passphrase);
    secret_wipe_stack();
    return ok;
}

static bool open_command(struct signer *signer)
{
    const char *path = signer->source.public_path;
    const struct source_pos named_at = {path, 0, 0};
    struct span pem;
    return public_file_read(path, signer->arena, &pem, signer->diags) &&
           public_key_file_read(pem, named_at, signer->arena, &signer->public, signer->diags);
}

bool signer_open(const struct signer_source *source, struct arena *arena, struct signer **ret,
                 struct diag_list *diags)
{
    struct signer *signer = calloc(1, sizeof *signer);
    if (signer == NULL)
        return diag_error(diags, "out-of-memory", NOWHERE, "out of memory");
    signer->arena = arena;
    signer->diags = diags;
    signer->source = *source;
    if (source->key_path != NULL ? !open_key_file(signer) : !open_command(signer)) {
        signer_close(signer);
        return false;
    }
    *ret = signer;
    return true;
}

const struct public_key *signer_public(const struct signer *signer)
{
    return signer->source.key_path != NULL ? &signer->private.public : &signer->public;
}

void signer_close(struct signer *signer)
{
    if (signer == NULL)
        return;
    private_key_wipe(&signer->private);
    free(signer);
}

/* ---- a command that signs ---- */

static const char *digest_name(enum key_kind kind)
{
    switch (kind) {
    case KEY_P256:
    case KEY_RSA_3072:
    case KEY_RSA_4096:
        return "sha256";
    case KEY_P384:
        return "sha384";
    }
    return "";
}

static void pass_on(void *context, struct span words)
{
    struct signer *signer = context;
    progress_pass_on(signer->source.progress, words);
}

static bool signer_failed(struct signer *signer, const struct process_filter *filter,
                          const char *what)
{
    /* the command itself is not repeated: logs are kept, and it may hold a PIN */
    diag_error(signer->diags, "signer-failed", NOWHERE, "the signer %s", what);
    if (filter->words.bytes != 0 && filter->heard == NULL)
        diag_quote(signer->diags, arena_copy_text(signer->arena, (const char *)filter->words.data,
                                                  filter->words.bytes));
    return false;
}

static bool check_end(struct signer *signer, const struct process_filter *filter)
{
    struct arena *arena = signer->arena;
    if (filter->is_too_long)
        return signer_failed(signer, filter,
                             arena_format(arena,
                                          "printed more than %d bytes, too many for a signature",
                                          ANSWER_BYTES_MOST));
    if (filter->signal_number != 0)
        return signer_failed(signer, filter,
                             arena_format(arena, "was killed by a signal: %s",
                                          process_signal_name(filter->signal_number)));
    if (filter->exit_status != 0)
        return signer_failed(signer, filter,
                             arena_format(arena, "failed with status %d", filter->exit_status));
    if (filter->output.bytes == 0)
        return signer_failed(signer, filter, "printed nothing");
    return true;
}

/* Many key server clients print text unless told otherwise. */
static bool is_text(struct span answer)
{
    for (size_t i = 0; i < answer.bytes; i++) {
        const uint8_t byte = answer.data[i];
        if ((byte < 0x20 || byte > 0x7e) && byte != '\n' && byte != '\r')
            return false;
    }
    return true;
}

/* The most common mistake when the key is right. */
static const char *advice(enum signer_input input)
{
    switch (input) {
    case SIGNER_INPUT_DIGEST:
        return "the signer was given the digest: if it hashes its input, give it the message "
               "instead";
    case SIGNER_INPUT_MESSAGE:
        return "the signer was given the message: if it does not hash its input, give it the "
               "digest instead";
    }
    return "";
}

static bool is_wrong_without_hint(const struct diag *diag)
{
    return diag->hint == NULL && strcmp(diag->code, "signature-wrong") == 0;
}

static bool read_answer(struct signer *signer, const struct message_digest *digest,
                        struct span answer, struct signature *ret)
{
    const struct source_pos named_at = {"the signer's answer", 0, 0};
    struct diag_list *diags = signer->diags;
    if (signature_from_answer(&signer->public, digest, answer, named_at, ret, diags))
        return true;
    if (is_text(answer))
        diag_hint(
            diags,
            "the signer printed text: it must print binary, for example by adding `| base64 -d`");
    else if (is_wrong_without_hint(&diags->items[diags->count - 1]))
        diag_hint(diags, "%s", advice(signer->source.input));
    return false;
}

static bool sign_by_command(struct signer *signer, struct span message, struct signature *ret)
{
    struct arena *arena = signer->arena;
    const struct public_key *key = &signer->public;
    const struct message_digest digest = signature_digest(key->kind, message);
    const char *const argv[] = {"/bin/sh", "-c", signer->source.command, NULL};
    const char *const settings[] = {
        arena_format(arena, "IMGBUILD_DIGEST=%s", digest_name(key->kind)),
        arena_format(arena, "IMGBUILD_KEY_ID=%s", key->id),
        arena_format(arena, "IMGBUILD_KEY_KIND=%s", key_kind_name(key->kind)), NULL};
    struct process_filter filter = {
        .argv = argv,
        .settings = settings,
        .input = signer->source.input == SIGNER_INPUT_MESSAGE
                     ? message
                     : (struct span){digest.bytes, digest.byte_count},
        .output_bytes_most = ANSWER_BYTES_MOST,
        .heard = progress_is_heard(signer->source.progress) ? pass_on : NULL,
        .context = signer,
    };
    progress_end(signer->source.progress);
    return process_filter_run(arena, &filter, signer->diags) && check_end(signer, &filter) &&
           read_answer(signer, &digest, filter.output, ret);
}

bool signer_sign(struct signer *signer, struct span message, struct signature *ret)
{
    return signer->source.key_path != NULL
               ? signature_make(&signer->private, message, ret, signer->diags)
               : sign_by_command(signer, message, ret);
}

static bool sign_form(void *context, struct span message, struct signature *ret)
{
    return signer_sign(context, message, ret);
}

struct form_signer signer_for_forms(struct signer *signer)
{
    return (struct form_signer){signer_public(signer), sign_form, signer};
}

bool signer_sign_archive(struct signer *signer, const struct archive *archive, struct span chain,
                         enum signing *ret_signing, struct span *ret)
{
    struct arena *arena = signer->arena;
    const struct public_key *key = signer_public(signer);
    const bool is_kept = archive_sign_has(archive, key, arena);
    struct signature signature = {.byte_count = 0}; /* ignored if a key was given */
    if (!archive_sign_check_chain(chain, key, arena, signer->diags) ||
        (!is_kept && !signer_sign(signer, archive_sign_message(archive), &signature)) ||
        !archive_sign_add(archive, key, &signature, chain, arena, ret, signer->diags))
        return false;
    *ret_signing = is_kept ? SIGNING_KEPT : SIGNING_NEW;
    return true;
}
