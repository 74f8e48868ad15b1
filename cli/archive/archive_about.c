#include "cli/archive/archive_about.h"

#include "base/shown_text.h"

#include <jansson.h>
#include <string.h>

enum { TEXT_BYTES_MOST = 1024, VERSION_SMALL_MOST = 255, VERSION_PATCH_MOST = 65535 };

struct reader {
    struct arena *arena;
    struct source_pos pos;
    struct diag_list *diags;
};

static bool bad_value(const struct reader *reader, const char *key, const char *wanted)
{
    return diag_error(reader->diags, "about-value", reader->pos, "'%s' is not %s", key, wanted);
}

/* ---- single values ---- */

bool archive_about_can_say(const char *text)
{
    return strlen(text) <= TEXT_BYTES_MOST && shown_text_is_plain(text);
}

static bool copy_text(const struct reader *reader, const char *text, const char *key,
                      const char **ret)
{
    if (!archive_about_can_say(text))
        return bad_value(reader, key, "printable text");
    *ret = arena_copy_text(reader->arena, text, strlen(text));
    return true;
}

static bool take_text(const struct reader *reader, const json_t *value, const char *key,
                      const char **ret)
{
    return json_is_string(value) ? copy_text(reader, json_string_value(value), key, ret)
                                 : bad_value(reader, key, "text");
}

static bool read_text(const struct reader *reader, const json_t *map, const char *key,
                      const char **ret)
{
    return take_text(reader, json_object_get(map, key), key, ret);
}

static bool read_number(const struct reader *reader, const json_t *map, const char *key,
                        uint64_t *ret)
{
    const json_t *value = json_object_get(map, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > UINT32_MAX)
        return bad_value(reader, key, "a 32-bit number");
    *ret = (uint64_t)json_integer_value(value);
    return true;
}

static bool read_version(const struct reader *reader, const json_t *root,
                         struct archive_about *about)
{
    struct version *version = &about->compat.version;
    if (!read_text(reader, root, "version", &about->version))
        return false;
    if (!version_read(about->version, version) || version->parts[0] > VERSION_SMALL_MOST ||
        version->parts[1] > VERSION_SMALL_MOST || version->parts[2] > VERSION_PATCH_MOST)
        return bad_value(reader, "version", "a valid version");
    return true;
}

static bool read_digests(const struct reader *reader, const json_t *root,
                         struct archive_about *about)
{
    const char *digest = "";
    if (!read_text(reader, root, "id", &about->id_text) ||
        !read_text(reader, root, "image_sha256", &digest))
        return false;
    if (!image_id_parse(span_of_text(about->id_text), about->id))
        return bad_value(reader, "id", "an 11-character ID");
    if (!digest_parse_hex(span_of_text(digest), &about->image_digest))
        return bad_value(reader, "image_sha256", "a SHA-256 digest in 64 lower-case hex digits");
    return true;
}

/* ---- compat ---- */

static bool read_hardware(const struct reader *reader, const json_t *list, struct compat *compat)
{
    if (list == NULL)
        return true;
    if (!json_is_array(list))
        return bad_value(reader, "compat.hardware", "a list");
    const char **items = ARENA_ARRAY(reader->arena, const char *, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!take_text(reader, json_array_get(list, i), "compat.hardware", &items[i]))
            return false;
    }
    compat->has_hardware = true;
    compat->hardware = items;
    compat->hardware_count = json_array_size(list);
    return true;
}

static bool read_requirement(const struct reader *reader, const json_t *value, const char *key,
                             const char **ret)
{
    const char *text = "";
    if (!take_text(reader, value, key, &text))
        return false;
    if (!version_requirement_is_valid(text))
        return bad_value(reader, key, "a version comparison such as '>=1.2.0'");
    *ret = text;
    return true;
}

static bool read_hosts(const struct reader *reader, json_t *map, struct compat *compat)
{
    if (map == NULL)
        return true;
    if (!json_is_object(map))
        return bad_value(reader, "compat.host", "a mapping");
    struct compat_host *hosts =
        ARENA_ARRAY(reader->arena, struct compat_host, json_object_size(map));
    size_t count = 0;
    const char *name;
    json_t *value;
    json_object_foreach(map, name, value)
    {
        struct compat_host *host = &hosts[count++];
        if (!version_host_is_valid(name))
            return bad_value(reader, "compat.host", "a mapping from program names");
        if (!copy_text(reader, name, "compat.host", &host->name) ||
            !read_requirement(reader, value, "compat.host", &host->requirement))
            return false;
    }
    compat->hosts = hosts;
    compat->host_count = count;
    return true;
}

static bool is_known(const char *gate)
{
    return strcmp(gate, "hardware") == 0 || strcmp(gate, "upgrade_from") == 0 ||
           strcmp(gate, "host") == 0;
}

static bool read_unknown(const struct reader *reader, json_t *map, struct compat *compat)
{
    const char **names = ARENA_ARRAY(reader->arena, const char *, json_object_size(map));
    const char *name;
    json_t *value;
    json_object_foreach(map, name, value)
    {
        if (is_known(name))
            continue;
        if (!copy_text(reader, name, "compat", &names[compat->unknown_count++]))
            return false;
    }
    compat->unknown = names;
    return true;
}

static bool read_compat(const struct reader *reader, const json_t *root, struct compat *compat)
{
    json_t *map = json_object_get(root, "compat");
    if (!json_is_object(map))
        return bad_value(reader, "compat", "a mapping");
    const json_t *upgrade_from = json_object_get(map, "upgrade_from");
    return read_unknown(reader, map, compat) && read_text(reader, root, "board", &compat->board) &&
           read_text(reader, root, "slot", &compat->slot) &&
           read_number(reader, root, "epoch", &compat->epoch) &&
           read_hardware(reader, json_object_get(map, "hardware"), compat) &&
           (upgrade_from == NULL ||
            read_requirement(reader, upgrade_from, "compat.upgrade_from", &compat->upgrade_from)) &&
           read_hosts(reader, json_object_get(map, "host"), compat);
}

/* ---- the whole file ---- */

/* The format is checked first: nothing is known about other formats. */
static bool check_format(const struct reader *reader, const json_t *root)
{
    const json_t *format = json_object_get(root, "format");
    if (!json_is_integer(format) || json_integer_value(format) < 1)
        return bad_value(reader, "format", "a number");
    if (json_integer_value(format) == ARCHIVE_FORMAT)
        return true;
    diag_error(reader->diags, "about-format", reader->pos, "archive format is %lld, expected %d",
               (long long)json_integer_value(format), ARCHIVE_FORMAT);
    diag_hint(reader->diags, "use a newer imgbuild");
    return false;
}

static bool read_root(const struct reader *reader, const json_t *root, struct archive_about *about)
{
    if (!json_is_object(root))
        return diag_error(reader->diags, "about-json", reader->pos, "not a JSON object");
    return check_format(reader, root) && read_text(reader, root, "name", &about->name) &&
           read_version(reader, root, about) && read_digests(reader, root, about) &&
           read_number(reader, root, "header_address", &about->header_addr) &&
           (json_object_get(root, "revision") == NULL ||
            read_text(reader, root, "revision", &about->revision)) &&
           read_text(reader, root, "tool", &about->tool) &&
           read_compat(reader, root, &about->compat);
}

bool archive_about_read(struct span json, struct source_pos pos, struct arena *arena,
                        struct archive_about *ret, struct diag_list *diags)
{
    struct reader reader = {.arena = arena, .pos = pos, .diags = diags};
    struct archive_about about = {.revision = NULL};
    json_error_t error;
    json_t *root = json_loadb((const char *)json.data, json.bytes, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        if (error.line > 0)
            reader.pos.line = (uint32_t)error.line;
        return diag_error(diags, "about-json", reader.pos, "not valid JSON: %s", error.text);
    }
    const bool ok = read_root(&reader, root, &about);
    json_decref(root);
    if (ok)
        *ret = about;
    return ok;
}
