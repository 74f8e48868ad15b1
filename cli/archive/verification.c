#include "cli/archive/verification.h"

#include "base/file.h"

static bool asks_for_trust(const struct verification *verification)
{
    return verification->options->trust.anchor_count > 0;
}

/* ---- what is reported besides damage ---- */

static void tell_untrusted(const struct verification *verification, struct diag_list *diags)
{
    const struct source_pos pos = {verification->path, 0, 0};
    const struct trust *trust = &verification->options->trust;
    if (!asks_for_trust(verification)) {
        diag_error(diags, "verify-untrusted", pos, "intact, but no trusted keys were given");
        diag_hint(diags, "add --trust with a public key or a CA's certificate: without "
                         "it nobody knows who made the archive");
        return;
    }
    diag_error(diags, "verify-untrusted", pos,
               "intact, but signed by %zu trusted keys; %zu %s needed",
               verification->verified.trusted_count, trust->threshold,
               trust->threshold == 1 ? "is" : "are");
}

static void tell_refused(const struct verification *verification, struct diag_list *diags)
{
    const struct source_pos pos = {verification->path, 0, 0};
    for (size_t i = 0; i < verification->gates.count; i++) {
        const struct gate *gate = &verification->gates.items[i];
        if (gate->state == GATE_REFUSES)
            diag_error(diags, "compat-refused", pos, "%s: %s", gate->name, gate->reason);
        else if (gate->state == GATE_UNCHECKED && verification->options->facts.refuse_unknown)
            diag_error(diags, "compat-unchecked", pos,
                       "%s: %s, and --strict requires every gate to be checked", gate->name,
                       gate->reason);
    }
}

/* ---- the stages ---- */

static enum verify_answer judge(struct verification *verification, enum verify_asking asking,
                                struct arena *arena, struct diag_list *diags)
{
    const bool asks = asking == VERIFY_ASKS_ALWAYS || asks_for_trust(verification);
    verification->has_checks = true;
    if (!archive_check(&verification->verified.archive, verification->path,
                       verification->options->image_key, arena, &verification->checks, diags))
        return VERIFY_DAMAGED;
    verification->has_gates = true;
    verification->gates =
        compat_check(&verification->checks.about.compat, &verification->options->facts, arena);
    if (asks && !verification->verified.is_trusted) {
        tell_untrusted(verification, diags);
        return VERIFY_UNTRUSTED;
    }
    if (verification->gates.refuse) {
        tell_refused(verification, diags);
        return VERIFY_REFUSED;
    }
    return asks ? VERIFY_TRUSTED : VERIFY_INTACT;
}

struct verification verification_run(const char *path, const struct verify_options *options,
                                     enum verify_asking asking, struct arena *arena,
                                     struct diag_list *diags)
{
    struct verification verification = {.path = path, .options = options};
    const struct source_pos named_at = {path, 0, 0};
    struct span bytes;
    if (!file_read(arena, path, ARCHIVE_BYTES_MOST, NOWHERE, &bytes, diags)) {
        verification.answer = VERIFY_UNREADABLE;
        return verification;
    }
    verification.is_verified =
        archive_verify(bytes, named_at, &options->trust, arena, &verification.verified, diags);
    verification.answer =
        verification.is_verified ? judge(&verification, asking, arena, diags) : VERIFY_DAMAGED;
    return verification;
}

/* ---- names ---- */

const char *verify_answer_name(enum verify_answer answer)
{
    switch (answer) {
    case VERIFY_TRUSTED:
        return "trusted";
    case VERIFY_DAMAGED:
        return "damaged";
    case VERIFY_UNTRUSTED:
        return "untrusted";
    case VERIFY_REFUSED:
        return "refused";
    case VERIFY_UNREADABLE:
        return "unreadable";
    case VERIFY_INTACT:
        return "intact";
    }
    return "";
}

const char *verify_signature_name(enum signature_state state)
{
    switch (state) {
    case SIGNATURE_TRUSTED:
        return "trusted";
    case SIGNATURE_UNTRUSTED:
        return "untrusted";
    case SIGNATURE_UNKNOWN:
        return "unknown";
    case SIGNATURE_BAD:
        return "bad";
    }
    return "";
}
