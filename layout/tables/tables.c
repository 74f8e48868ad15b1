#include "layout/tables/tables.h"

#include "layout/mpu/mpu_facts.h"
#include "layout/mpu/mpu_words.h"
#include "layout/tables/task_regions.h"

#include "base/buffer.h"

#include <imgbuild/tables.h>

#include <assert.h>
#include <stdlib.h>

enum { HEADER_BYTES = 64, TASK_BYTES = 32, WORD_BYTES = 4 };

/* Where the parts of one task lie in the data. */
struct task_parts {
    uint32_t regions_off;
    uint32_t mpu_off;
    uint32_t name_off;
    uint8_t record_count;
};

struct encoder {
    const struct tables_input *input;
    struct arena *arena;
    struct buffer image;
    struct buffer data;
    struct tables_relocation *relocations;
    size_t relocation_count;
    size_t relocation_room;
};

/* ---- numbers that do not fit their fields ---- */

static bool number_fits(uint64_t value, uint64_t most, const char *what, struct diag_list *diags)
{
    if (value <= most)
        return true;
    return diag_error(diags, "tables-too-many", NOWHERE,
                      "%s is %llu, and the kernel's tables hold at most %llu", what,
                      (unsigned long long)value, (unsigned long long)most);
}

static bool mpu_fits(const struct mpu *mpu, struct diag_list *diags)
{
    const uint64_t most = mpu_facts_of(mpu->model)->slots_most;
    assert(mpu->reserved <= mpu->slots);
    if (!number_fits(mpu->slots, most, "the number of MPU regions", diags))
        return false;
    return number_fits(mpu_words_count(mpu), UINT8_MAX, "the number of MPU words a task", diags);
}

static bool tasks_fit(const struct tables_input *input, struct arena *arena,
                      struct diag_list *diags)
{
    bool fits = number_fits(input->task_count, UINT16_MAX, "the number of tasks", diags);
    for (size_t i = 0; i < input->task_count; i++) {
        const struct tables_task *task = &input->tasks[i];
        const uint64_t addresses[] = {task->entry, task->stack_base, task->stack_top};
        const char *const names[] = {"the entry", "the stack's base", "the stack's top"};
        for (size_t a = 0; a < sizeof addresses / sizeof *addresses; a++) {
            const char *what = arena_format(arena, "%s of task %s", names[a], task->name);
            fits = number_fits(addresses[a], UINT32_MAX, what, diags) && fits;
        }
    }
    return fits;
}

static bool irqs_fit(const struct tables_input *input, struct diag_list *diags)
{
    bool fits = number_fits(input->irq_count, UINT16_MAX, "the number of interrupts", diags);
    for (size_t i = 0; i < input->irq_count; i++) {
        assert(input->irqs[i].task < input->task_count);
        fits = number_fits(input->irqs[i].number, UINT16_MAX, "an interrupt", diags) && fits;
    }
    return fits;
}

static bool everything_fits(const struct tables_input *input, struct arena *arena,
                            struct diag_list *diags)
{
    bool fits = mpu_fits(&input->request->mpu, diags);
    fits = number_fits(input->major, UINT8_MAX, "the major version", diags) && fits;
    fits = number_fits(input->minor, UINT8_MAX, "the minor version", diags) && fits;
    fits = number_fits(input->patch, UINT16_MAX, "the patch version", diags) && fits;
    fits = number_fits(input->image_base, UINT32_MAX, "the image's base", diags) && fits;
    fits = number_fits(input->image_bytes, UINT32_MAX, "the image's size", diags) && fits;
    fits = tasks_fit(input, arena, diags) && fits;
    return irqs_fit(input, diags) && fits;
}

/* ---- parts ---- */

static uint32_t data_end(const struct encoder *encoder)
{
    return (uint32_t)encoder->data.bytes; /* tables_encode refuses data that needs more bits */
}

static void append_pointer(struct encoder *encoder, struct buffer *section, uint32_t target_off)
{
    assert(encoder->relocation_count < encoder->relocation_room);
    encoder->relocations[encoder->relocation_count++] =
        (struct tables_relocation){.in_image = section == &encoder->image,
                                   .offset = (uint32_t)section->bytes,
                                   .target_offset = target_off};
    buffer_append_u32(section, target_off);
}

static uint32_t append_name(struct encoder *encoder, const char *name)
{
    const uint32_t at = data_end(encoder);
    buffer_append_text(&encoder->data, name);
    buffer_append_byte(&encoder->data, 0);
    return at;
}

static void align_data(struct encoder *encoder)
{
    const size_t over = encoder->data.bytes % WORD_BYTES;
    if (over != 0)
        buffer_fill(&encoder->data, 0, WORD_BYTES - over);
}

static void append_records(struct encoder *encoder, const struct task_regions *regions,
                           size_t most_records)
{
    for (size_t i = 0; i < regions->record_count; i++) {
        buffer_append_u32(&encoder->data, regions->records[i].first);
        buffer_append_u32(&encoder->data, regions->records[i].last);
        buffer_append_u32(&encoder->data, regions->records[i].attributes);
    }
    assert(regions->record_count <= most_records);
    const size_t unused = most_records - regions->record_count;
    buffer_fill(&encoder->data, 0, unused * sizeof(struct imgbuild_region));
}

static void append_mpu_words(struct encoder *encoder, const struct task_regions *regions)
{
    const struct mpu *mpu = &encoder->input->request->mpu;
    const size_t count = mpu_words_count(mpu);
    uint32_t *words = ARENA_ARRAY(encoder->arena, uint32_t, count);
    mpu_words_encode(mpu, regions->grants, regions->grant_count, words);
    for (size_t i = 0; i < count; i++)
        buffer_append_u32(&encoder->data, words[i]);
}

/* Without a layout a task is granted nothing yet; the room is the same. */
static struct task_parts append_task_parts(struct encoder *encoder, size_t task)
{
    const struct tables_input *input = encoder->input;
    struct task_regions regions = {0};
    if (input->layout != NULL)
        regions = task_regions_collect(input->request, input->layout, task, encoder->arena);
    assert(regions.record_count <= UINT8_MAX); /* as mpu_fits limits the slots */
    struct task_parts parts = {.record_count = (uint8_t)regions.record_count};
    parts.name_off = append_name(encoder, input->tasks[task].name);
    align_data(encoder);
    parts.regions_off = data_end(encoder);
    append_records(encoder, &regions, task_regions_most_records(input->request, task));
    parts.mpu_off = data_end(encoder);
    append_mpu_words(encoder, &regions);
    return parts;
}

static void append_task(struct encoder *encoder, size_t index, const struct task_parts *parts)
{
    const struct tables_task *task = &encoder->input->tasks[index];
    struct buffer *data = &encoder->data;
    buffer_append_u32(data, (uint32_t)task->entry);
    buffer_append_u32(data, (uint32_t)task->stack_base);
    buffer_append_u32(data, (uint32_t)task->stack_top);
    buffer_append_u16(data, (uint16_t)index);
    buffer_append_byte(data, task->priority);
    buffer_append_byte(data, task->start ? IMGBUILD_TASK_START : 0);
    append_pointer(encoder, data, parts->regions_off);
    append_pointer(encoder, data, parts->mpu_off);
    append_pointer(encoder, data, parts->name_off);
    buffer_append_byte(data, parts->record_count);
    buffer_fill(data, 0, 3);
}

static uint32_t append_tasks(struct encoder *encoder)
{
    const size_t count = encoder->input->task_count;
    struct task_parts *parts = ARENA_ARRAY(encoder->arena, struct task_parts, count);
    for (size_t i = 0; i < count; i++)
        parts[i] = append_task_parts(encoder, i);
    const uint32_t at = data_end(encoder);
    for (size_t i = 0; i < count; i++)
        append_task(encoder, i, &parts[i]);
    assert(data_end(encoder) - at == (uint32_t)(count * TASK_BYTES));
    return at;
}

static int compare_irqs(const void *left, const void *right)
{
    const struct tables_irq *a = left;
    const struct tables_irq *b = right;
    if (a->number != b->number)
        return a->number > b->number ? 1 : -1;
    return (a->task > b->task) - (a->task < b->task);
}

static uint32_t append_irqs(struct encoder *encoder)
{
    const size_t count = encoder->input->irq_count;
    struct tables_irq *sorted =
        arena_grow(encoder->arena, encoder->input->irqs, count, count, sizeof *sorted);
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, compare_irqs);
    const uint32_t at = data_end(encoder);
    for (size_t i = 0; i < count; i++) {
        buffer_append_u16(&encoder->data, (uint16_t)sorted[i].number);
        buffer_append_u16(&encoder->data, (uint16_t)sorted[i].task);
        buffer_append_u32(&encoder->data, sorted[i].notification);
    }
    return at;
}

/* ---- the header ---- */

static uint32_t info_addr(const struct layout *layout)
{
    if (layout == NULL || layout->info.start == layout->info.end)
        return 0;
    return (uint32_t)layout->info.start;
}

static void append_numbers(struct encoder *encoder)
{
    const struct tables_input *input = encoder->input;
    const struct mpu *mpu = &input->request->mpu;
    struct buffer *image = &encoder->image;
    buffer_append_u32(image, IMGBUILD_MAGIC);
    buffer_append_u16(image, IMGBUILD_ABI);
    buffer_append_u16(image, HEADER_BYTES);
    buffer_append(image, input->id, sizeof input->id);
    buffer_append_u32(image, (uint32_t)input->image_base);
    buffer_append_u32(image, (uint32_t)input->image_bytes);
    buffer_append_byte(image, (uint8_t)input->major);
    buffer_append_byte(image, (uint8_t)input->minor);
    buffer_append_u16(image, (uint16_t)input->patch);
    buffer_append_u32(image, input->epoch);
    buffer_append_byte(image, mpu_facts_of(mpu->model)->tables_number);
    buffer_append_byte(image, (uint8_t)mpu->slots);
    buffer_append_u16(image, (uint16_t)input->task_count);
    buffer_append_u16(image, (uint16_t)input->irq_count);
    buffer_append_byte(image, (uint8_t)mpu->reserved);
    buffer_append_byte(image, (uint8_t)mpu_words_count(mpu));
}

static void append_header(struct encoder *encoder, uint32_t tasks_off, uint32_t irqs_off,
                          const uint32_t *name_offs)
{
    struct buffer *image = &encoder->image;
    append_numbers(encoder);
    append_pointer(encoder, image, tasks_off);
    append_pointer(encoder, image, irqs_off);
    for (size_t i = 0; i < 3; i++)
        append_pointer(encoder, image, name_offs[i]);
    buffer_append_u32(image, info_addr(encoder->input->layout)); /* an address, not in the data */
    assert(image->bytes == HEADER_BYTES);
}

bool tables_encode(const struct tables_input *input, struct arena *arena, struct tables *ret,
                   struct diag_list *diags)
{
    assert(input->task_count == input->request->task_count);
    if (!everything_fits(input, arena, diags))
        return false;
    struct encoder encoder = {.input = input,
                              .arena = arena,
                              .image = buffer_in(arena),
                              .data = buffer_in(arena),
                              .relocation_room = 5 + 3 * input->task_count};
    encoder.relocations = ARENA_ARRAY(arena, struct tables_relocation, encoder.relocation_room);

    const char *const names[] = {input->name, input->board, input->slot};
    uint32_t name_offs[3];
    for (size_t i = 0; i < 3; i++)
        name_offs[i] = append_name(&encoder, names[i]);
    align_data(&encoder);
    const uint32_t irqs_off = append_irqs(&encoder);
    const uint32_t tasks_off = append_tasks(&encoder);
    append_header(&encoder, tasks_off, irqs_off, name_offs);
    if (!number_fits(encoder.data.bytes, UINT32_MAX, "their size", diags))
        return false;
    *ret = (struct tables){.image = buffer_span(&encoder.image),
                           .data = buffer_span(&encoder.data),
                           .relocations = encoder.relocations,
                           .relocation_count = encoder.relocation_count};
    return true;
}
