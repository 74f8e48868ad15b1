/* Renders a verification as JSON. */
#include "cli/archive/verification.h"

#include "cli/format/json_text.h"

#include <jansson.h>

enum { FORMAT = 1 };

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* Texts from outside may not be UTF-8, which JSON requires. */
static json_t *text(const char *value, struct arena *arena)
{
    if (value == NULL)
        return json_null();
    json_t *json = json_string(value);
    if (json != NULL)
        return json;
    char *copy = arena_format(arena, "%s", value);
    for (char *at = copy; *at != '\0'; at++) {
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    }
    return json_string(copy);
}

static json_t *about_json(const struct verification *verification, struct arena *arena)
{
    if (!verification->has_checks || !verification->checks.has_about)
        return json_null();
    const struct archive_about *about = &verification->checks.about;
    json_t *json = json_object();
    json_object_set_new(json, "name", text(about->name, arena));
    json_object_set_new(json, "board", text(about->compat.board, arena));
    json_object_set_new(json, "slot", text(about->compat.slot, arena));
    json_object_set_new(json, "version", text(about->version, arena));
    json_object_set_new(json, "epoch", number(about->compat.epoch));
    json_object_set_new(json, "id", text(about->id_text, arena));
    json_object_set_new(json, "image_sha256", text(digest_hex(&about->image_digest, arena), arena));
    json_object_set_new(json, "revision", text(about->revision, arena));
    json_object_set_new(json, "tool", text(about->tool, arena));
    return json;
}

static json_t *signature_json(const struct verified_signature *signature, struct arena *arena)
{
    json_t *json = json_object();
    const bool is_trusted = signature->state == SIGNATURE_TRUSTED;
    json_object_set_new(json, "key_id", text(signature->key_id, arena));
    json_object_set_new(
        json, "kind",
        text(signature->key == NULL ? NULL : key_kind_name(signature->key->kind), arena));
    json_object_set_new(json, "subject", text(signature->subject, arena));
    json_object_set_new(json, "state", text(verify_signature_name(signature->state), arena));
    json_object_set_new(json, "trusted_by", text(signature->trusted_by, arena));
    json_object_set_new(json, "reason", text(is_trusted ? NULL : signature->reason, arena));
    return json;
}

static json_t *signatures_json(const struct verification *verification, struct arena *arena)
{
    json_t *list = json_array();
    for (size_t i = 0; verification->is_verified && i < verification->verified.signature_count; i++)
        json_array_append_new(list, signature_json(&verification->verified.signatures[i], arena));
    return list;
}

static json_t *check_json(const char *name, enum archive_check_state state, struct arena *arena)
{
    json_t *json = json_object();
    json_object_set_new(json, "name", text(name, arena));
    json_object_set_new(json, "state", text(archive_check_state_name(state), arena));
    return json;
}

/* The first covers zip structure, signatures and digests; without it there are no others. */
static json_t *checks_json(const struct verification *verification, struct arena *arena)
{
    json_t *list = json_array();
    if (verification->answer == VERIFY_UNREADABLE)
        return list;
    json_array_append_new(
        list,
        check_json("archive",
                   verification->is_verified ? ARCHIVE_CHECK_PASSED : ARCHIVE_CHECK_FAILED, arena));
    for (size_t i = 0; verification->has_checks && i < verification->checks.count; i++)
        json_array_append_new(list, check_json(verification->checks.items[i].name,
                                               verification->checks.items[i].state, arena));
    return list;
}

static json_t *mcuboot_json(const struct verification *verification, struct arena *arena)
{
    const struct archive_mcuboot *mcuboot = &verification->checks.mcuboot;
    if (!verification->has_checks || mcuboot->state == ARCHIVE_MCUBOOT_ABSENT)
        return json_null();
    const bool is_signed = mcuboot->state != ARCHIVE_MCUBOOT_UNSIGNED;
    json_t *json = json_object();
    json_object_set_new(json, "signature", text(archive_mcuboot_state_name(mcuboot->state), arena));
    json_object_set_new(json, "key_hash",
                        text(is_signed ? digest_hex(&mcuboot->key_hash, arena) : NULL, arena));
    return json;
}

static json_t *gates_json(const struct verification *verification, struct arena *arena)
{
    json_t *list = json_array();
    for (size_t i = 0; verification->has_gates && i < verification->gates.count; i++) {
        const struct gate *gate = &verification->gates.items[i];
        json_t *json = json_object();
        json_object_set_new(json, "name", text(gate->name, arena));
        json_object_set_new(json, "state", text(gate_state_name(gate->state), arena));
        json_object_set_new(json, "reason", text(gate->reason, arena));
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *problems_json(const struct diag_list *problems, struct arena *arena)
{
    json_t *list = json_array();
    for (size_t i = 0; i < problems->count; i++) {
        const struct diag *diag = &problems->items[i];
        json_t *json = json_object();
        json_object_set_new(json, "code", text(diag->code, arena));
        json_object_set_new(json, "message", text(diag->message, arena));
        json_object_set_new(json, "file", text(diag->pos.file, arena));
        json_object_set_new(json, "hint", text(diag->hint, arena));
        json_array_append_new(list, json);
    }
    return list;
}

static void set_extraction(json_t *json, const struct verify_extraction *extraction,
                           struct arena *arena)
{
    json_t *list = json_array();
    for (size_t i = 0; i < extraction->count; i++)
        json_array_append_new(list, text(extraction->names[i], arena));
    json_object_set_new(json, "folder", text(extraction->folder, arena));
    json_object_set_new(json, "extracted", list);
}

const char *verification_json(const struct verification *verification,
                              const struct diag_list *problems,
                              const struct verify_extraction *extraction, enum exit_status status,
                              struct arena *arena)
{
    json_t *json = json_object();
    const struct trust *trust = &verification->options->trust;
    json_object_set_new(json, "imgbuild_verify", json_integer(FORMAT));
    json_object_set_new(json, "archive", text(verification->path, arena));
    json_object_set_new(json, "answer", text(verify_answer_name(verification->answer), arena));
    json_object_set_new(json, "exit", number(status));
    json_object_set_new(json, "about", about_json(verification, arena));
    json_object_set_new(json, "threshold", number(trust->anchor_count == 0 ? 0 : trust->threshold));
    json_object_set_new(json, "trusted", number(verification->verified.trusted_count));
    json_object_set_new(json, "signatures", signatures_json(verification, arena));
    json_object_set_new(json, "checks", checks_json(verification, arena));
    json_object_set_new(json, "mcuboot", mcuboot_json(verification, arena));
    json_object_set_new(json, "gates", gates_json(verification, arena));
    json_object_set_new(json, "problems", problems_json(problems, arena));
    if (extraction != NULL)
        set_extraction(json, extraction, arena);
    const char *dumped = json_text_take(json_dumps(json, JSON_INDENT(1)), arena);
    json_decref(json);
    return dumped;
}
