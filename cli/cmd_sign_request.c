/* `imgbuild sign-request`: writes what a key held elsewhere has to sign. */
#include "base/file.h"
#include "cli/format/json_writer.h"
#include "cli/sign_options.h"
#include "sign/archive/archive_sign.h"
#include "sign/digest/digest.h"

/* The names of the key's algorithm in signing tools. */
struct algorithm {
    const char *signature;
    const char *digest;
    const char *openssl_options; /* for dgst */
    const char *pkeyutl_options;
    const char *pkcs11_options; /* for a digest */
};

static struct algorithm algorithm_of(enum key_kind kind)
{
    static const struct algorithm p256 = {"ecdsa", "sha256", "-sha256", "",
                                          "-m ECDSA --signature-format openssl"};
    static const struct algorithm p384 = {"ecdsa", "sha384", "-sha384", "",
                                          "-m ECDSA --signature-format openssl"};
    static const struct algorithm rsa = {
        "rsassa-pss", "sha256",
        "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest",
        " -pkeyopt digest:sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest",
        "-m RSA-PKCS-PSS --hash-algorithm SHA256 --mgf MGF1-SHA256 --salt-len 32"};
    switch (kind) {
    case KEY_P256:
        return p256;
    case KEY_P384:
        return p384;
    case KEY_RSA_3072:
    case KEY_RSA_4096:
        break;
    }
    return rsa;
}

static const char *request_json(struct invocation *invocation, const struct sign_target *target,
                                const struct public_key *key, const struct message_digest *digest)
{
    struct arena *arena = invocation->arena;
    const struct algorithm algorithm = algorithm_of(key->kind);
    char hex[2 * MESSAGE_DIGEST_BYTES_MOST + 1] = "";
    for (size_t i = 0; i < digest->byte_count; i++) {
        hex[2 * i] = "0123456789abcdef"[digest->bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest->bytes[i] & 15];
    }
    struct json_writer writer = json_writer_in(arena, JSON_LINES);
    json_writer_open_object(&writer, NULL);
    json_writer_text(&writer, "key_id", key->id);
    json_writer_text(&writer, "key_kind", key_kind_name(key->kind));
    json_writer_text(&writer, "algorithm", algorithm.signature);
    json_writer_text(&writer, "digest_algorithm", algorithm.digest);
    json_writer_text(&writer, "digest", hex);
    json_writer_number(&writer, "message_bytes", archive_sign_message(&target->archive).bytes);
    json_writer_flag(&writer, "has_signed", archive_sign_has(&target->archive, key, arena));
    json_writer_close_object(&writer);
    return json_writer_end(&writer);
}

/* The commands that sign what was written. */
static void say_how(struct invocation *invocation, const struct public_key *key, bool is_digest,
                    const char *path)
{
    struct arena *arena = invocation->arena;
    const struct algorithm algorithm = algorithm_of(key->kind);
    const char *file = path == NULL ? "REQUEST" : path;
    terminal_say(invocation->terminal, VERBOSE,
                 is_digest
                     ? arena_format(arena,
                                    "to sign it, run for example:\n"
                                    "  openssl pkeyutl -sign -inkey KEY.pem%s -in %s -out SIG\n"
                                    "  pkcs11-tool --module MODULE --sign %s -i %s -o SIG",
                                    algorithm.pkeyutl_options, file, algorithm.pkcs11_options, file)
                     : arena_format(arena,
                                    "to sign it, run for example:\n"
                                    "  openssl dgst %s -sign KEY.pem -out SIG %s",
                                    algorithm.openssl_options, file));
}

static bool write_request(struct invocation *invocation, struct span request)
{
    const char *path = options_value(&invocation->options, "output");
    if (path != NULL)
        return file_write(invocation->arena, path, request, FILE_SYNCED, invocation->diags);
    return options_flag(&invocation->options, "json") ||
           terminal_print_bytes(invocation->terminal, request);
}

static bool request(struct invocation *invocation, const struct sign_target *target,
                    const struct public_key *key)
{
    const struct span message = archive_sign_message(&target->archive);
    const struct message_digest digest = signature_digest(key->kind, message);
    const bool is_digest = options_flag(&invocation->options, "digest");
    const struct span wanted = is_digest ? (struct span){digest.bytes, digest.byte_count} : message;
    if (!write_request(invocation, wanted))
        return false;
    say_how(invocation, key, is_digest, options_value(&invocation->options, "output"));
    return !options_flag(&invocation->options, "json") ||
           terminal_print(invocation->terminal, request_json(invocation, target, key, &digest));
}

static enum exit_status run(struct invocation *invocation)
{
    if (options_value(&invocation->options, "public") == NULL)
        return command_usage(invocation, "missing --public KEY");
    struct sign_target target;
    struct public_key key;
    return sign_options_open_target(invocation, SIGN_TARGET_TO_READ, &target) &&
                   sign_options_read_public(invocation, &key) && request(invocation, &target, &key)
               ? command_status(invocation)
               : EXIT_INPUT;
}

static const struct option options[] = {
    {"public", 0, OPTION_ONE, "KEY", "the signer's public key or certificate"},
    {"digest", 0, OPTION_FLAG, NULL, "write the binary digest (default: the message)"},
    {"output", 'o', OPTION_ONE, "FILE", "write to FILE (default: standard output)"},
    {"json", 0, OPTION_FLAG, NULL, "print key ID, algorithm and digest as JSON"},
};

const struct command command_sign_request = {
    .name = "sign-request",
    .words = "ARCHIVE",
    .least_words = 1,
    .most_words = 1,
    .summary = "write what a key held elsewhere has to sign",
    .help = "The message is the archive's SHA256SUMS; the key determines its digest (SHA-256, or\n"
            "SHA-384 for P-384). -v prints openssl and pkcs11-tool commands that sign it;\n"
            "`imgbuild sign-attach` adds the signature.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
