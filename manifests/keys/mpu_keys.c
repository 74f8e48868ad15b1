#include "manifests/keys/mpu_keys.h"

#include "base/checked.h"
#include "layout/mpu/mpu_facts.h"

enum { WORD_BYTES = 4, LARGEST_GRANULARITY = 1 << 20 };

static const char *const KEYS[] = {"model", "regions", "subregions", "granularity", "reserved"};

static void report_key_of_other_model(struct reader *reader, const struct node *mpu,
                                      const char *key, const char *hint)
{
    const struct node *node = node_get(mpu, key);
    if (node == NULL)
        return;
    diag_error(reader->diags, "manifest-mpu", node->pos, "'%s' does not apply to model %s", key,
               mpu_model_name(reader->manifest->mpu.model));
    diag_hint(reader->diags, "%s", hint);
}

static void read_subregions(struct reader *reader, const struct node *node, struct mpu *mpu)
{
    const bool has_subregions = mpu_facts_of(mpu->model)->has_subregions;
    struct manifest_flag subregions = {.value = has_subregions};
    reader_flag(reader, node, "subregions", &subregions);
    mpu->subregions = subregions.value && has_subregions;
    if (subregions.value && !has_subregions)
        report_key_of_other_model(reader, node, "subregions",
                                  "only pmsav6 and pmsav7 regions have subregions");
}

static void read_granularity(struct reader *reader, const struct node *node, struct mpu *mpu)
{
    struct manifest_number granularity = {.value = WORD_BYTES};
    reader_number(reader, node, "granularity",
                  (struct reader_bounds){WORD_BYTES, LARGEST_GRANULARITY}, &granularity);
    mpu->granularity_bytes = (uint32_t)granularity.value;
    if (!is_power_of_two(granularity.value))
        diag_error(reader->diags, "manifest-mpu", granularity.pos,
                   "'granularity' must be a power of two");
    if (!mpu_facts_of(mpu->model)->has_granularity)
        report_key_of_other_model(reader, node, "granularity",
                                  "only pmp has a granularity; remove the key");
}

static void read_slots(struct reader *reader, const struct node *node, struct mpu *mpu)
{
    const uint64_t most = mpu_facts_of(mpu->model)->slots_most;
    struct manifest_number regions = {0};
    reader_number(reader, node, "regions", (struct reader_bounds){1, most}, &regions);
    mpu->slots = (uint32_t)regions.value;
    struct manifest_number reserved = {.value = 1};
    reader_number(reader, node, "reserved", (struct reader_bounds){0, most}, &reserved);
    mpu->reserved = (uint32_t)reserved.value;
    if (regions.is_given && reserved.value >= regions.value) {
        diag_error(reader->diags, "manifest-mpu", reserved.is_given ? reserved.pos : regions.pos,
                   "the kernel reserves %u of %u regions, which leaves none for tasks",
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
    const struct mpu *board = &reader->manifest->mpu;
    struct diag_list unseen = diag_list_in(reader->arena);
    struct manifest scratch = {0};
    struct reader chip_reader = *reader;
    chip_reader.diags = &unseen;
    chip_reader.manifest = &scratch;
    mpu_keys_read(&chip_reader, chip_node, NULL, NOWHERE);
    const struct mpu *chip = &scratch.mpu;
    if (!chip_reader.mpu_is_known || !reader->mpu_is_known)
        return;
    if (board->model != chip->model)
        report_widened(reader, node, "model", mpu_model_name(chip->model));
    if (board->slots > chip->slots)
        report_widened(reader, node, "regions", arena_format(reader->arena, "%u", chip->slots));
    if (board->subregions && !chip->subregions)
        report_widened(reader, node, "subregions", "false");
    if (board->granularity_bytes < chip->granularity_bytes)
        report_widened(reader, node, "granularity",
                       arena_format(reader->arena, "%u", chip->granularity_bytes));
}

void mpu_keys_read(struct reader *reader, const struct node *node, const struct node *chip_node,
                   struct source_pos missing_at)
{
    struct mpu *mpu = &reader->manifest->mpu;
    const char *names[MPU_MODEL_COUNT];
    size_t model = 0;
    for (size_t i = 0; i < MPU_MODEL_COUNT; i++)
        names[i] = mpu_model_name((enum mpu_model)i);
    if (node == NULL) {
        diag_error(reader->diags, "manifest-missing-key", missing_at, "missing key 'mpu'");
        diag_hint(reader->diags, "mpu: {model: pmsav7, regions: 8}");
        return;
    }
    if (!reader_map(reader, node, "'mpu'", KEYS, sizeof KEYS / sizeof *KEYS) ||
        !reader_require(reader, node, "model", node->pos, "'mpu'") ||
        !reader_choice(reader, node, "model", names, MPU_MODEL_COUNT, &model))
        return;
    mpu->model = (enum mpu_model)model;
    reader_require(reader, node, "regions", node->pos, "'mpu'");
    read_subregions(reader, node, mpu);
    read_granularity(reader, node, mpu);
    read_slots(reader, node, mpu);
    if (chip_node != NULL)
        check_narrowing(reader, node, chip_node);
}
