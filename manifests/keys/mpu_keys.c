#include "manifests/keys/mpu_keys.h"

#include "base/checked.h"

enum {
    WORD_BYTES = 4,
    PMSA_STEP_BYTES = 32,
    PMSAV6_LEAST_BYTES = 256,
    SUBREGIONS = 8,
    SUBREGIONS_LEAST_BYTES = 256, /* smaller regions have none */
    NAPOT_LEAST_BYTES = 8,
    LARGEST_GRANULARITY = 1 << 20
};

static const char *const MODELS[] = {"pmsav6", "pmsav7", "pmsav8", "pmp"};
static const char *const KEYS[] = {"model", "regions", "subregions", "granularity", "reserved"};

/* ---- reading ---- */

static bool has_subregions(enum manifest_mpu_model model)
{
    return model == MANIFEST_PMSAV6 || model == MANIFEST_PMSAV7;
}

/* RBAR names the region in four bits on v6 and v7; there are 64 PMP entries at most. */
static uint64_t most_regions(enum manifest_mpu_model model)
{
    switch (model) {
    case MANIFEST_PMSAV6:
    case MANIFEST_PMSAV7:
        return 16;
    case MANIFEST_PMSAV8:
        return 32;
    case MANIFEST_PMP:
        return 64;
    }
    return 0;
}

static void report_key_of_other_model(struct reader *reader, const struct node *mpu,
                                      const char *key, const char *hint)
{
    const struct node *node = node_get(mpu, key);
    if (node == NULL)
        return;
    diag_error(reader->diags, "manifest-mpu", node->pos, "'%s' does not go with model %s", key,
               MODELS[reader->manifest->mpu.model]);
    diag_hint(reader->diags, "%s", hint);
}

static void read_subregions(struct reader *reader, const struct node *node,
                            struct manifest_mpu *mpu)
{
    struct manifest_flag subregions = {.value = has_subregions(mpu->model)};
    reader_flag(reader, node, "subregions", &subregions);
    mpu->subregions = subregions.value && has_subregions(mpu->model);
    if (subregions.value && !has_subregions(mpu->model))
        report_key_of_other_model(reader, node, "subregions",
                                  "only pmsav6 and pmsav7 regions have subregions");
}

static void read_granularity(struct reader *reader, const struct node *node,
                             struct manifest_mpu *mpu)
{
    struct manifest_number granularity = {.value = WORD_BYTES};
    reader_number(reader, node, "granularity",
                  (struct reader_bounds){WORD_BYTES, LARGEST_GRANULARITY}, &granularity);
    mpu->granularity_bytes = granularity.value;
    if (!is_power_of_two(granularity.value))
        diag_error(reader->diags, "manifest-mpu", granularity.pos,
                   "'granularity' must be a power of two");
    if (mpu->model != MANIFEST_PMP)
        report_key_of_other_model(reader, node, "granularity",
                                  "only pmp has a granularity; leave the key out");
}

static void read_slots(struct reader *reader, const struct node *node, struct manifest_mpu *mpu)
{
    struct manifest_number regions = {0};
    reader_number(reader, node, "regions", (struct reader_bounds){1, most_regions(mpu->model)},
                  &regions);
    mpu->slots = regions.value;
    struct manifest_number reserved = {.value = 1};
    reader_number(reader, node, "reserved", (struct reader_bounds){0, most_regions(mpu->model)},
                  &reserved);
    mpu->reserved = reserved.value;
    if (regions.is_given && reserved.value >= regions.value) {
        diag_error(reader->diags, "manifest-mpu", reserved.is_given ? reserved.pos : regions.pos,
                   "the kernel reserves %u of %u regions, so none is left for tasks",
                   (unsigned)reserved.value, (unsigned)regions.value);
        diag_hint(reader->diags, "reserve fewer: mpu: {reserved: 0}");
    }
    reader->mpu_is_known = regions.is_given && reserved.value < regions.value;
}

static void report_widened(struct reader *reader, const struct node *mpu, const char *key,
                           const char *chip_has)
{
    const struct node *node = node_get(mpu, key);
    diag_error(reader->diags, "manifest-mpu-widened", node == NULL ? mpu->pos : node->pos,
               "the board's '%s' allows more than the chip has (%s)", key, chip_has);
    diag_hint(reader->diags, "a board can only narrow its chip's MPU");
}

/* The chip's own values, read once more: errors in them are reported where the merged ones are
 * read. */
static void check_narrowing(struct reader *reader, const struct node *node,
                            const struct node *chip_node)
{
    const struct manifest_mpu *board = &reader->manifest->mpu;
    struct diag_list unseen = diag_list_in(reader->arena);
    struct manifest scratch = {0};
    struct reader chip_reader = *reader;
    chip_reader.diags = &unseen;
    chip_reader.manifest = &scratch;
    mpu_read(&chip_reader, chip_node, NULL, NOWHERE);
    const struct manifest_mpu *chip = &scratch.mpu;
    if (!chip_reader.mpu_is_known || !reader->mpu_is_known)
        return;
    if (board->model != chip->model)
        report_widened(reader, node, "model", MODELS[chip->model]);
    if (board->slots > chip->slots)
        report_widened(reader, node, "regions",
                       arena_format(reader->arena, "%u", (unsigned)chip->slots));
    if (board->subregions && !chip->subregions)
        report_widened(reader, node, "subregions", "false");
    if (board->granularity_bytes < chip->granularity_bytes)
        report_widened(reader, node, "granularity",
                       arena_format(reader->arena, "%u", (unsigned)chip->granularity_bytes));
}

void mpu_read(struct reader *reader, const struct node *node, const struct node *chip_node,
              struct source_pos missing_at)
{
    struct manifest_mpu *mpu = &reader->manifest->mpu;
    size_t model = 0;
    if (node == NULL) {
        diag_error(reader->diags, "manifest-missing-key", missing_at,
                   "nothing says which MPU it is");
        diag_hint(reader->diags, "mpu: {model: pmsav7, regions: 8}");
        return;
    }
    mpu->pos = node->pos;
    if (!reader_map(reader, node, "'mpu'", KEYS, sizeof KEYS / sizeof *KEYS) ||
        !reader_require(reader, node, "model", node->pos, "'mpu'") ||
        !reader_choice(reader, node, "model", MODELS, sizeof MODELS / sizeof *MODELS, &model))
        return;
    mpu->model = (enum manifest_mpu_model)model;
    reader_require(reader, node, "regions", node->pos, "'mpu'");
    read_subregions(reader, node, mpu);
    read_granularity(reader, node, mpu);
    read_slots(reader, node, mpu);
    if (chip_node != NULL)
        check_narrowing(reader, node, chip_node);
}

/* ---- regions ---- */

static uint64_t lowest_bit(uint64_t value)
{
    return value & (~value + 1);
}

static bool is_power_region(uint64_t base, uint64_t size, uint64_t least_bytes)
{
    return is_power_of_two(size) && size >= least_bytes && (base & (size - 1)) == 0;
}

/* A run of eighths of one region. The largest step that divides both ends makes the widest window;
 * if that one is too narrow, all are. */
static bool is_run_of_eighths(uint64_t base, uint64_t size)
{
    const uint64_t step = lowest_bit(base | size);
    const uint64_t window = step * SUBREGIONS;
    return step >= SUBREGIONS_LEAST_BYTES / SUBREGIONS &&
           base / window == (base + size - 1) / window;
}

bool mpu_covers(const struct manifest_mpu *mpu, uint64_t base, uint64_t size)
{
    if (size == 0)
        return false;
    switch (mpu->model) {
    case MANIFEST_PMSAV6:
        return is_power_region(base, size, PMSAV6_LEAST_BYTES) ||
               (mpu->subregions && is_run_of_eighths(base, size));
    case MANIFEST_PMSAV7:
        return is_power_region(base, size, PMSA_STEP_BYTES) ||
               (mpu->subregions && is_run_of_eighths(base, size));
    case MANIFEST_PMSAV8:
        return (base | size) % PMSA_STEP_BYTES == 0;
    case MANIFEST_PMP:
        return is_power_region(base, size, NAPOT_LEAST_BYTES) ||
               (base | size) % mpu->granularity_bytes == 0;
    }
    return false;
}

bool mpu_covers_somewhere(const struct manifest_mpu *mpu, uint64_t size)
{
    if (size == 0)
        return false;
    if (!has_subregions(mpu->model) || !mpu->subregions || is_power_of_two(size))
        return mpu_covers(mpu, 0, size);
    const uint64_t step = lowest_bit(size);
    return step >= SUBREGIONS_LEAST_BYTES / SUBREGIONS && size / step <= SUBREGIONS;
}

const char *mpu_rule_words(const struct manifest_mpu *mpu)
{
    switch (mpu->model) {
    case MANIFEST_PMSAV6:
    case MANIFEST_PMSAV7:
        if (mpu->subregions)
            return "a region is a power of two, aligned to its size, or a run of eighths (each 32 "
                   "bytes or more) of such a region";
        return mpu->model == MANIFEST_PMSAV6
                   ? "a region is a power of two from 256 bytes up, aligned to its size"
                   : "a region is a power of two from 32 bytes up, aligned to its size";
    case MANIFEST_PMSAV8:
        return "base and size must be multiples of 32";
    case MANIFEST_PMP:
        return "base and size must be multiples of the PMP granularity";
    }
    return "";
}

uint64_t mpu_stack_alignment(const struct manifest_mpu *mpu)
{
    return mpu->model == MANIFEST_PMP ? 16 : 8;
}

/* 32 interrupts on Armv6-M, 496 on Armv7-M, 480 on Armv8-M, 1,023 sources of a RISC-V PLIC. */
uint64_t mpu_last_interrupt(const struct manifest_mpu *mpu)
{
    switch (mpu->model) {
    case MANIFEST_PMSAV6:
        return 31;
    case MANIFEST_PMSAV7:
        return 495;
    case MANIFEST_PMSAV8:
        return 479;
    case MANIFEST_PMP:
        return 1023;
    }
    return 0;
}
