#include "manifests/keys/mcuboot_keys.h"

static const char *const MCUBOOT_KEYS[] = {"header", "align", "sectors", "mode", "erased"};
static const char *const MODES[] = {"swap", "overwrite", "xip"};
static const enum manifest_mcuboot_mode MODE_OF[] = {
    MANIFEST_MCUBOOT_SWAP, MANIFEST_MCUBOOT_OVERWRITE, MANIFEST_MCUBOOT_XIP};

enum { HEADER_LEAST_BYTES = 32, ALIGN_MOST_BYTES = 32, DEFAULT_ALIGN_BYTES = 8 };
enum { DEFAULT_SECTORS = 128, SECTORS_MOST = 65535, ERASED_ONES = 0xff };

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* The header's size is stored in 16 bits, and code behind it must be aligned. */
static void read_numbers(struct reader *reader, const struct node *node,
                         struct manifest_mcuboot *mcuboot)
{
    struct manifest_number align = {.value = DEFAULT_ALIGN_BYTES};
    struct manifest_number sectors = {.value = DEFAULT_SECTORS};
    struct manifest_number erased = {.value = ERASED_ONES};
    mcuboot->header = (struct manifest_number){.value = HEADER_LEAST_BYTES, .pos = node->pos};
    reader_number(reader, node, "header", (struct reader_bounds){HEADER_LEAST_BYTES, UINT16_MAX},
                  &mcuboot->header);
    reader_number(reader, node, "align", (struct reader_bounds){1, ALIGN_MOST_BYTES}, &align);
    reader_number(reader, node, "sectors", (struct reader_bounds){1, SECTORS_MOST}, &sectors);
    reader_number(reader, node, "erased", (struct reader_bounds){0, ERASED_ONES}, &erased);
    if (mcuboot->header.value % HEADER_LEAST_BYTES != 0)
        diag_error(reader->diags, "manifest-mcuboot", mcuboot->header.pos,
                   "'header' is %u, not a multiple of 32", (unsigned)mcuboot->header.value);
    if ((align.value & (align.value - 1)) != 0)
        diag_error(reader->diags, "manifest-mcuboot", align.pos,
                   "'align' is %u, not a power of two", (unsigned)align.value);
    if (erased.value != 0 && erased.value != ERASED_ONES)
        diag_error(reader->diags, "manifest-mcuboot", erased.pos,
                   "'erased' is 0x%02x; flash erases to 0xff or to 0", (unsigned)erased.value);
    mcuboot->align_bytes = align.value;
    mcuboot->sectors = sectors.value;
    mcuboot->erased = (uint8_t)erased.value;
}

void mcuboot_keys_read(struct reader *reader, const struct node *board)
{
    const struct node *node = node_get(board, "mcuboot");
    struct manifest_mcuboot *mcuboot = &reader->manifest->mcuboot;
    size_t mode = 0;
    if (node == NULL || !reader_map(reader, node, "'mcuboot'", MCUBOOT_KEYS, COUNT(MCUBOOT_KEYS)))
        return;
    mcuboot->is_given = true;
    mcuboot->pos = node->pos;
    read_numbers(reader, node, mcuboot);
    (void)reader_choice(reader, node, "mode", MODES, COUNT(MODES), &mode);
    mcuboot->mode = MODE_OF[mode];
}

/* ---- what it takes of the kernel's code memory ---- */

/* MCUboot writes flags and its magic each to a unit of its own: 8 bytes, or more where the flash
 * writes more at once. */
uint64_t manifest_mcuboot_trailer_bytes(const struct manifest_mcuboot *mcuboot)
{
    enum { MAGIC_BYTES = 16, LEAST_UNIT_BYTES = 8, STATES_OF_A_SECTOR = 3 };
    enum { FLAGS = 2, FLAGS_OF_A_SWAP = 4 };
    const uint64_t align = mcuboot->align_bytes;
    const uint64_t unit = align > LEAST_UNIT_BYTES ? align : LEAST_UNIT_BYTES;
    const uint64_t magic = unit > MAGIC_BYTES ? unit : MAGIC_BYTES;
    switch (mcuboot->mode) {
    case MANIFEST_MCUBOOT_OVERWRITE:
        return FLAGS * unit + magic;
    case MANIFEST_MCUBOOT_SWAP:
    case MANIFEST_MCUBOOT_XIP: /* as MCUboot's own tool reserves for it */
        break;
    }
    return STATES_OF_A_SECTOR * mcuboot->sectors * align + FLAGS_OF_A_SWAP * unit + magic;
}

uint64_t manifest_mcuboot_tail_bytes(const struct manifest_mcuboot *mcuboot)
{
    return MANIFEST_MCUBOOT_TLV_BYTES + manifest_mcuboot_trailer_bytes(mcuboot);
}
