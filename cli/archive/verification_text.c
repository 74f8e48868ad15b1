/* Renders a verification as text. */
#include "cli/archive/verification.h"

#include "base/buffer.h"
#include "base/shown_text.h"
#include "base/utc_time.h"

#include <string.h>

static void put_answer(struct buffer *out, const struct verification *verification)
{
    const size_t signers = verification->verified.trusted_count;
    const char *gates =
        verification->has_gates && verification->gates.refuse ? "; compat refuses it" : "";
    buffer_format(out, "%s: ", verification->path);
    switch (verification->answer) {
    case VERIFY_TRUSTED:
        buffer_format(out, "intact, signed by %zu trusted key%s", signers, signers == 1 ? "" : "s");
        break;
    case VERIFY_REFUSED:
        buffer_format(out, "intact%s", gates);
        break;
    case VERIFY_UNTRUSTED:
        if (verification->options->trust.anchor_count == 0)
            buffer_append_text(out, "intact, but no trusted keys were given: add --trust");
        else
            buffer_format(out, "intact, but signed by only %zu of %zu required trusted keys",
                          signers, verification->options->trust.threshold);
        buffer_append_text(out, gates);
        break;
    case VERIFY_DAMAGED:
        buffer_append_text(out, "damaged");
        break;
    case VERIFY_UNREADABLE:
        buffer_append_text(out, "cannot be read");
        break;
    case VERIFY_INTACT:
        buffer_append_text(out, "intact; signatures not checked");
        break;
    }
    buffer_append_byte(out, '\n');
}

static void put_about(struct buffer *out, const struct archive_about *about)
{
    const struct compat *compat = &about->compat;
    buffer_format(out, "  image       %s %s for %s%s%s, epoch %llu\n", about->name, about->version,
                  compat->board, compat->slot[0] == '\0' ? "" : ", image slot ", compat->slot,
                  (unsigned long long)compat->epoch);
    if (about->revision != NULL)
        buffer_format(out, "  revision    %s\n", about->revision);
    buffer_format(out, "  ID          %s\n", about->id_text);
}

static void put_signature(struct buffer *out, const struct verified_signature *signature)
{
    const char *kind = signature->key == NULL ? "" : key_kind_name(signature->key->kind);
    buffer_format(out, "  signature   %s  %-8s  %-9s", signature->key_id, kind,
                  verify_signature_name(signature->state));
    if (signature->trusted_by != NULL)
        buffer_format(out, "  by %s", signature->trusted_by);
    if (signature->subject != NULL)
        buffer_format(out, signature->state == SIGNATURE_TRUSTED ? "  (%s)" : "  (unproved: %s)",
                      signature->subject);
    if (signature->reason != NULL && signature->state != SIGNATURE_TRUSTED)
        buffer_format(out, "  %s", signature->reason);
    buffer_append_byte(out, '\n');
}

static void put_checks_in_state(struct buffer *out, const struct archive_checks *checks,
                                enum archive_check_state state)
{
    const char *between = ", ";
    buffer_format(out, "  %s: ", archive_check_state_name(state));
    for (size_t i = 0, seen = 0; i < checks->count; i++) {
        if (checks->items[i].state == state)
            buffer_format(out, "%s%s", seen++ == 0 ? "" : between, checks->items[i].name);
    }
}

static size_t count_in_state(const struct archive_checks *checks, enum archive_check_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < checks->count; i++)
        count += checks->items[i].state == state;
    return count;
}

static void put_checks(struct buffer *out, const struct archive_checks *checks)
{
    buffer_format(out, "  checks      %zu passed", count_in_state(checks, ARCHIVE_CHECK_PASSED));
    if (count_in_state(checks, ARCHIVE_CHECK_FAILED) > 0) {
        put_checks_in_state(out, checks, ARCHIVE_CHECK_FAILED);
        put_checks_in_state(out, checks, ARCHIVE_CHECK_SKIPPED);
    }
    buffer_append_byte(out, '\n');
}

static void put_mcuboot(struct buffer *out, const struct form_signature *signature)
{
    switch (signature->state) {
    case FORM_SIGNATURE_NO_FORM:
        return;
    case FORM_SIGNATURE_NONE:
        buffer_append_text(out, "  mcuboot     no signature\n");
        return;
    case FORM_SIGNATURE_UNCHECKED:
        buffer_append_text(out, "  mcuboot     signature not checked");
        break;
    case FORM_SIGNATURE_GOOD:
        buffer_append_text(out, "  mcuboot     signature good");
        break;
    }
    buffer_format(out, ", key hash %s\n", digest_hex(&signature->key_hash, out->arena));
}

const char *verification_text(const struct verification *verification, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    put_answer(&out, verification);
    if (verification->has_checks && verification->checks.has_about)
        put_about(&out, &verification->checks.about);
    for (size_t i = 0; verification->is_verified && i < verification->verified.signature_count; i++)
        put_signature(&out, &verification->verified.signatures[i]);
    if (verification->has_checks) {
        put_checks(&out, &verification->checks);
        put_mcuboot(&out, &verification->checks.signature);
    }
    for (size_t i = 0; verification->has_gates && i < verification->gates.count; i++)
        buffer_format(&out, "  gate        %-12s  %-12s  %s\n", verification->gates.items[i].name,
                      gate_state_name(verification->gates.items[i].state),
                      verification->gates.items[i].reason);
    /* names and reasons hold texts of others */
    return shown_text_of_span(arena, buffer_span(&out), SHOWN_LINES);
}
