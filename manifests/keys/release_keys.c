#include "manifests/keys/release_keys.h"

#include "base/version.h"
#include "manifests/keys/mcuboot_keys.h"

#include <string.h>

static const char *const COMPAT_KEYS[] = {"hardware", "upgrade_from", "host"};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- version and epoch ---- */

static void report_version(struct reader *reader, struct manifest_text text)
{
    diag_error(reader->diags, "manifest-bad-version", text.pos, "'%s' is not a version", text.text);
    diag_hint(reader->diags, "write three numbers: 1.2.3, major and minor up to 255, patch up to "
                             "65535, no leading zeros");
}

static void read_version(struct reader *reader, const struct node *board)
{
    struct manifest *manifest = reader->manifest;
    struct manifest_text text = {0};
    struct version version;
    reader_text(reader, board, "version", &text);
    if (text.text == NULL)
        return;
    if (!version_read(text.text, &version) || version.parts[0] > 255 || version.parts[1] > 255 ||
        version.parts[2] > 65535) {
        report_version(reader, text);
        return;
    }
    manifest->major = version.parts[0];
    manifest->minor = version.parts[1];
    manifest->patch = version.parts[2];
}

/* ---- formats ---- */

static void read_format(struct reader *reader, const struct node *node, unsigned *formats)
{
    size_t choice;
    if (!reader_node_choice(reader, node, "formats", format_names, format_count, &choice))
        return;
    *formats |= (unsigned)format_at(choice);
    if (format_at(choice) != MANIFEST_FORMAT_UF2 || reader->manifest->uf2_family.is_given)
        return;
    diag_error(reader->diags, "manifest-missing-key", node->pos,
               "the format uf2 needs the chip's family id");
    diag_hint(reader->diags, "add to the chip file: uf2: {family: 0x57755a57}, with the number "
                             "that the chip's bootloader expects");
}

static void read_formats(struct reader *reader, const struct node *board)
{
    const struct node *list = node_get(board, "formats");
    unsigned formats = 0;
    reader->manifest->formats = MANIFEST_FORMAT_ELF | MANIFEST_FORMAT_BIN | MANIFEST_FORMAT_HEX;
    if (list == NULL)
        return;
    if (list->kind != NODE_LIST) {
        diag_error(reader->diags, "manifest-wrong-type", list->pos,
                   "'formats' takes a list, not %s", node_kind_words(list));
        diag_hint(reader->diags, "formats: [elf, bin, hex]");
        return;
    }
    for (size_t i = 0; i < list->item_count && !reader_is_full(reader); i++)
        read_format(reader, list->items[i], &formats);
    reader->manifest->formats = formats;
    if ((formats & MANIFEST_FORMAT_MCUBOOT) == 0 || node_get(board, "mcuboot") != NULL)
        return;
    diag_error(reader->diags, "manifest-missing-key", list->pos,
               "the format mcuboot needs a 'mcuboot' key");
    diag_hint(reader->diags, "mcuboot: {header: 0x200, align: 8, sectors: 128, mode: swap}");
}

/* ---- compat: what can never hold would refuse the image everywhere ---- */

static void check_flaw(struct reader *reader, struct manifest_text text, const struct version *most)
{
    switch (version_requirement_flaw(text.text, most)) {
    case VERSION_REQUIREMENT_FINE:
        return;
    case VERSION_REQUIREMENT_BEYOND:
        diag_error(reader->diags, "manifest-compat", text.pos,
                   "'%s' names a version that no image can have", text.text);
        diag_hint(reader->diags, "the highest version is 255.255.65535");
        return;
    case VERSION_REQUIREMENT_NEVER:
        diag_error(reader->diags, "manifest-compat", text.pos, "no version satisfies '%s'",
                   text.text);
        diag_hint(reader->diags, "all of its comparisons must hold at once");
        return;
    }
}

static void check_constraint(struct reader *reader, const struct node *node, const char *what,
                             const struct version *most)
{
    struct manifest_text text;
    if (!reader_node_text(reader, node, what, &text))
        return;
    if (version_requirement_is_valid(text.text)) {
        check_flaw(reader, text, most);
        return;
    }
    diag_error(reader->diags, "manifest-bad-constraint", text.pos,
               "'%s' is not a version comparison", text.text);
    diag_hint(reader->diags, VERSION_REQUIREMENT_RULE);
}

static void read_hardware(struct reader *reader, const struct node *compat)
{
    const struct node *node = node_get(compat, "hardware");
    struct manifest_texts names = {0};
    if (node == NULL || !reader_node_texts(reader, node, "hardware", &names))
        return;
    if (node->item_count == 0) {
        diag_error(reader->diags, "manifest-compat", node->pos, "'hardware' lists no revision");
        diag_hint(reader->diags, "name each revision that the image is for, or leave the key out");
    }
    for (size_t i = 0; i < names.count && !reader_is_full(reader); i++) {
        reader_name(reader, names.items[i], READER_DOTTED_NAME, "hardware");
        for (size_t k = 0; k < i; k++) {
            if (strcmp(names.items[k].text, names.items[i].text) != 0)
                continue;
            diag_error(reader->diags, "manifest-named-twice", names.items[i].pos,
                       "'%s' is listed twice", names.items[i].text);
            break;
        }
    }
}

static void read_hosts(struct reader *reader, const struct node *compat)
{
    static const struct version any = {{UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    const struct node *hosts;
    if (!reader_submap(reader, compat, "host", &hosts))
        return;
    for (size_t i = 0; i < hosts->pair_count && !reader_is_full(reader); i++) {
        const struct node_pair *pair = &hosts->pairs[i];
        if (!version_host_is_valid(pair->key)) {
            diag_error(reader->diags, "manifest-bad-name", pair->value->pos,
                       "'%s' is not a valid host program name", pair->key);
            diag_hint(reader->diags, VERSION_HOST_RULE);
        }
        check_constraint(reader, pair->value, pair->key, &any);
    }
}

static void read_compat(struct reader *reader, const struct node *board)
{
    const struct node *node = node_get(board, "compat");
    static const struct version most = {{255, 255, 65535}};
    if (node == NULL || !reader_map(reader, node, "'compat'", COMPAT_KEYS, COUNT(COMPAT_KEYS)))
        return;
    read_hardware(reader, node);
    if (node_get(node, "upgrade_from") != NULL)
        check_constraint(reader, node_get(node, "upgrade_from"), "upgrade_from", &most);
    read_hosts(reader, node);
    reader->manifest->compat = node;
}

void release_keys_read(struct reader *reader, const struct node *board)
{
    struct manifest_number epoch = {0};
    read_version(reader, board);
    reader_number(reader, board, "epoch", (struct reader_bounds){0, UINT32_MAX}, &epoch);
    reader->manifest->epoch = epoch.value;
    read_formats(reader, board);
    mcuboot_keys_read(reader, board);
    read_compat(reader, board);
}
