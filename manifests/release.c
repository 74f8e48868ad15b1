#include "manifests/release.h"

#include "base/version.h"
#include "manifests/mcuboot.h"

static const char *const FORMATS[] = {"elf", "bin", "hex", "srec", "uf2", "mcuboot"};
static const enum manifest_format FORMAT_BITS[] = {MANIFEST_FORMAT_ELF, MANIFEST_FORMAT_BIN,
                                                   MANIFEST_FORMAT_HEX, MANIFEST_FORMAT_SREC,
                                                   MANIFEST_FORMAT_UF2, MANIFEST_FORMAT_MCUBOOT};
static const char *const COMPAT_KEYS[] = {"hardware", "upgrade_from", "host"};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- version and epoch ---- */

static void report_version(struct reader *reader, struct manifest_text text)
{
    diag_error(reader->diags, "manifest-bad-version", text.pos, "'%s' is no version", text.text);
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
    if (!reader_node_choice(reader, node, "formats", FORMATS, COUNT(FORMATS), &choice))
        return;
    *formats |= (unsigned)FORMAT_BITS[choice];
    if (FORMAT_BITS[choice] != MANIFEST_FORMAT_UF2 || reader->manifest->uf2_family.is_given)
        return;
    diag_error(reader->diags, "manifest-missing-key", node->pos,
               "the format uf2 needs the chip's family id");
    diag_hint(reader->diags,
              "in the chip file: uf2: {family: 0x57755a57}, with the number that the "
              "chip's bootloader asks for");
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

/* ---- compat ---- */

static void check_constraint(struct reader *reader, const struct node *node, const char *what)
{
    struct manifest_text text;
    if (!reader_node_text(reader, node, what, &text) || version_requirement_is_valid(text.text))
        return;
    diag_error(reader->diags, "manifest-bad-constraint", text.pos,
               "'%s' is no comparison with versions", text.text);
    diag_hint(reader->diags, VERSION_REQUIREMENT_RULE);
}

static void read_compat(struct reader *reader, const struct node *board)
{
    const struct node *node = node_get(board, "compat");
    const struct node *hosts;
    struct manifest_texts hardware = {0};
    if (node == NULL || !reader_map(reader, node, "'compat'", COMPAT_KEYS, COUNT(COMPAT_KEYS)))
        return;
    reader_texts(reader, node, "hardware", &hardware);
    for (size_t i = 0; i < hardware.count && !reader_is_full(reader); i++)
        reader_name(reader, hardware.items[i], READER_DOTTED_NAME, "hardware");
    if (node_get(node, "upgrade_from") != NULL)
        check_constraint(reader, node_get(node, "upgrade_from"), "upgrade_from");
    if (reader_submap(reader, node, "host", &hosts)) {
        for (size_t i = 0; i < hosts->pair_count && !reader_is_full(reader); i++)
            check_constraint(reader, hosts->pairs[i].value, hosts->pairs[i].key);
    }
    reader->manifest->compat = node;
}

void release_read(struct reader *reader, const struct node *board)
{
    struct manifest_number epoch = {0};
    read_version(reader, board);
    reader_number(reader, board, "epoch", (struct reader_bounds){0, UINT32_MAX}, &epoch);
    reader->manifest->epoch = epoch.value;
    read_formats(reader, board);
    mcuboot_key_read(reader, board);
    read_compat(reader, board);
}
