/* Renders a verification as JSON. */
#include "cli/archive/verification.h"

#include "cli/format/json_writer.h"

enum { FORMAT = 1 };

static void write_about(struct json_writer *writer, const struct verification *verification)
{
    if (!verification->has_checks || !verification->checks.has_about) {
        json_writer_null(writer, "about");
        return;
    }
    const struct archive_about *about = &verification->checks.about;
    json_writer_open_object(writer, "about");
    json_writer_text(writer, "name", about->name);
    json_writer_text(writer, "board", about->compat.board);
    json_writer_text(writer, "slot", about->compat.slot);
    json_writer_text(writer, "version", about->version);
    json_writer_number(writer, "epoch", about->compat.epoch);
    json_writer_text(writer, "id", about->id_text);
    json_writer_text(writer, "image_sha256", digest_hex(&about->image_digest, writer->text.arena));
    json_writer_text(writer, "revision", about->revision);
    json_writer_text(writer, "tool", about->tool);
    json_writer_close_object(writer);
}

static void write_signature(struct json_writer *writer, const struct verified_signature *signature)
{
    const bool is_trusted = signature->state == SIGNATURE_TRUSTED;
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "key_id", signature->key_id);
    json_writer_text(writer, "kind",
                     signature->key == NULL ? NULL : key_kind_name(signature->key->kind));
    json_writer_text(writer, "subject", signature->subject);
    json_writer_text(writer, "state", verify_signature_name(signature->state));
    json_writer_text(writer, "trusted_by", signature->trusted_by);
    json_writer_text(writer, "reason", is_trusted ? NULL : signature->reason);
    json_writer_close_object(writer);
}

static void write_signatures(struct json_writer *writer, const struct verification *verification)
{
    json_writer_open_list(writer, "signatures");
    for (size_t i = 0; verification->is_verified && i < verification->verified.signature_count; i++)
        write_signature(writer, &verification->verified.signatures[i]);
    json_writer_close_list(writer);
}

static void write_check(struct json_writer *writer, const char *name,
                        enum archive_check_state state)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", name);
    json_writer_text(writer, "state", archive_check_state_name(state));
    json_writer_close_object(writer);
}

/* The first covers zip structure, signatures and digests; without it there are no others. */
static void write_checks(struct json_writer *writer, const struct verification *verification)
{
    json_writer_open_list(writer, "checks");
    if (verification->answer != VERIFY_UNREADABLE) {
        write_check(writer, "archive",
                    verification->is_verified ? ARCHIVE_CHECK_PASSED : ARCHIVE_CHECK_FAILED);
        for (size_t i = 0; verification->has_checks && i < verification->checks.count; i++)
            write_check(writer, verification->checks.items[i].name,
                        verification->checks.items[i].state);
    }
    json_writer_close_list(writer);
}

static const char *signature_state_name(enum form_signature_state state)
{
    switch (state) {
    case FORM_SIGNATURE_NO_FORM:
        return NULL;
    case FORM_SIGNATURE_NONE:
        return "none";
    case FORM_SIGNATURE_UNCHECKED:
        return "unchecked";
    case FORM_SIGNATURE_GOOD:
        return "good";
    }
    return NULL;
}

static void write_mcuboot(struct json_writer *writer, const struct verification *verification)
{
    const struct form_signature *signature = &verification->checks.signature;
    if (!verification->has_checks || signature->state == FORM_SIGNATURE_NO_FORM) {
        json_writer_null(writer, "mcuboot");
        return;
    }
    const bool is_signed = signature->state != FORM_SIGNATURE_NONE;
    json_writer_open_object(writer, "mcuboot");
    json_writer_text(writer, "signature", signature_state_name(signature->state));
    json_writer_text(writer, "key_hash",
                     is_signed ? digest_hex(&signature->key_hash, writer->text.arena) : NULL);
    json_writer_close_object(writer);
}

static void write_gates(struct json_writer *writer, const struct verification *verification)
{
    json_writer_open_list(writer, "gates");
    for (size_t i = 0; verification->has_gates && i < verification->gates.count; i++) {
        const struct gate *gate = &verification->gates.items[i];
        json_writer_open_object(writer, NULL);
        json_writer_text(writer, "name", gate->name);
        json_writer_text(writer, "state", gate_state_name(gate->state));
        json_writer_text(writer, "reason", gate->reason);
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
}

static void write_problems(struct json_writer *writer, const struct diag_list *problems)
{
    json_writer_open_list(writer, "problems");
    for (size_t i = 0; i < problems->count; i++) {
        const struct diag *diag = &problems->items[i];
        json_writer_open_object(writer, NULL);
        json_writer_text(writer, "code", diag->code);
        json_writer_text(writer, "message", diag->message);
        json_writer_text(writer, "file", diag->pos.file);
        json_writer_text(writer, "hint", diag->hint);
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
}

const char *verification_json(const struct verification *verification,
                              const struct diag_list *problems,
                              const struct verify_extraction *extraction, int exit_status,
                              struct arena *arena)
{
    struct json_writer writer = json_writer_in(arena, JSON_LINES);
    const struct trust *trust = &verification->options->trust;
    json_writer_open_object(&writer, NULL);
    json_writer_number(&writer, "imgbuild_verify", FORMAT);
    json_writer_text(&writer, "archive", verification->path);
    json_writer_text(&writer, "answer", verify_answer_name(verification->answer));
    json_writer_number(&writer, "exit", (uint64_t)exit_status);
    write_about(&writer, verification);
    json_writer_number(&writer, "threshold", trust->anchor_count == 0 ? 0 : trust->threshold);
    json_writer_number(&writer, "trusted", verification->verified.trusted_count);
    write_signatures(&writer, verification);
    write_checks(&writer, verification);
    write_mcuboot(&writer, verification);
    write_gates(&writer, verification);
    write_problems(&writer, problems);
    if (extraction != NULL) {
        json_writer_text(&writer, "folder", extraction->folder);
        json_writer_texts(&writer, "extracted", extraction->names, extraction->count);
    }
    json_writer_close_object(&writer);
    return json_writer_end(&writer);
}
