#include "cli/plan/layout_json.h"

#include "cli/format/json_writer.h"

static void write_mpu(struct json_writer *writer, const struct mpu *mpu)
{
    json_writer_open_object(writer, "mpu");
    json_writer_text(writer, "model", mpu_model_name(mpu->model));
    json_writer_number(writer, "slots", mpu->slots);
    json_writer_number(writer, "reserved", mpu->reserved);
    json_writer_flag(writer, "subregions", mpu->subregions);
    json_writer_close_object(writer);
}

static void write_range(struct json_writer *writer, uint64_t base, uint64_t size)
{
    json_writer_number(writer, "base", base);
    json_writer_number(writer, "size", size);
}

static void write_holes(struct json_writer *writer, const struct layout_memory *memory)
{
    json_writer_open_list(writer, "holes");
    for (size_t i = 0; i < memory->hole_count; i++) {
        json_writer_open_object(writer, NULL);
        write_range(writer, memory->holes[i].start, memory->holes[i].end - memory->holes[i].start);
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
}

/* All of the chip's, used or not: an address in one should be reported by its name. */
static void write_peripherals(struct json_writer *writer, const struct manifest *manifest)
{
    json_writer_open_list(writer, "peripherals");
    for (size_t i = 0; i < manifest->peripheral_count; i++) {
        const struct manifest_peripheral *peripheral = &manifest->peripherals[i];
        json_writer_open_object(writer, NULL);
        json_writer_text(writer, "name", peripheral->name.text);
        write_range(writer, peripheral->base.value, peripheral->size.value);
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
}

static void write_memory(struct json_writer *writer, const struct layout_memory *memory,
                         const struct layout_memory_answer *answer)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", memory->name);
    json_writer_number(writer, "base", memory->base);
    json_writer_number(writer, "size", memory->size);
    json_writer_number(writer, "end", answer->end);
    json_writer_number(writer, "need", answer->need_bytes);
    json_writer_number(writer, "bound", answer->bound_bytes);
    json_writer_number(writer, "padding", answer->padding_bytes);
    json_writer_number(writer, "gap", answer->gap_bytes);
    if (memory->skip_bytes != 0)
        json_writer_number(writer, "skip", memory->skip_bytes);
    if (memory->hole_count != 0)
        write_holes(writer, memory);
    json_writer_close_object(writer);
}

static void write_kernel(struct json_writer *writer, const struct layout_request *request,
                         const struct layout_kernel_answer *kernel)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "memory", request->memories[kernel->memory].name);
    json_writer_number(writer, "base", kernel->range.start);
    json_writer_number(writer, "size", kernel->range.end - kernel->range.start);
    json_writer_number(writer, "need", kernel->need_bytes);
    json_writer_close_object(writer);
}

/* What a region and a fixed grant have in common; models without a size have no eighths, either. */
static void write_region(struct json_writer *writer, const struct mpu_region *region)
{
    json_writer_number(writer, "first", region->start);
    json_writer_number(writer, "last", region->end - 1);
    json_writer_number(writer, "slots", region->slots);
    json_writer_number(writer, "mpu_base", region->mpu_base);
    if (region->mpu_size == 0)
        return;
    json_writer_number(writer, "mpu_size", region->mpu_size);
    json_writer_number(writer, "srd", region->srd);
}

static void write_block(struct json_writer *writer, const struct layout_request *request,
                        const struct layout_block *block)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "memory", request->memories[block->memory].name);
    json_writer_number(writer, "base", block->range.start);
    json_writer_number(writer, "size", block->range.end - block->range.start);
    json_writer_number(writer, "need", block->need_bytes);
    json_writer_open_list(writer, "regions");
    for (size_t i = 0; i < block->region_count; i++) {
        json_writer_open_object(writer, NULL);
        write_region(writer, &block->regions[i]);
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

static const char *kind_name(enum layout_fixed_kind kind)
{
    switch (kind) {
    case LAYOUT_PERIPHERAL:
        return "peripheral";
    case LAYOUT_MAP:
        return "map";
    case LAYOUT_INFO:
        return "info";
    }
    return "";
}

static void write_fixed(struct json_writer *writer, const struct layout_fixed *fixed)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "kind", kind_name(fixed->kind));
    json_writer_open_list(writer, "names");
    for (size_t i = 0; i < fixed->name_count; i++)
        json_writer_text(writer, NULL, fixed->names[i]);
    json_writer_close_list(writer);
    write_region(writer, &fixed->region);
    json_writer_close_object(writer);
}

static void write_task(struct json_writer *writer, const struct layout_request *request,
                       size_t index, const struct layout_task_answer *task)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", request->tasks[index].name);
    json_writer_number(writer, "index", index);
    json_writer_number(writer, "slots_used", task->slots_used);
    json_writer_number(writer, "slots_free", task->slots_free);
    json_writer_open_list(writer, "blocks");
    for (size_t i = 0; i < task->block_count; i++)
        write_block(writer, request, &task->blocks[i]);
    json_writer_close_list(writer);
    json_writer_open_list(writer, "fixed");
    for (size_t i = 0; i < task->fixed_count; i++)
        write_fixed(writer, &task->fixed[i]);
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

static void write_parts(struct json_writer *writer, const struct layout_request *request,
                        const struct layout *layout)
{
    json_writer_open_list(writer, "memories");
    for (size_t i = 0; i < layout->memory_count; i++)
        write_memory(writer, &request->memories[i], &layout->memories[i]);
    json_writer_close_list(writer);
    json_writer_open_list(writer, "kernel");
    for (size_t i = 0; i < layout->kernel_count; i++)
        write_kernel(writer, request, &layout->kernel[i]);
    json_writer_close_list(writer);
    json_writer_open_list(writer, "tasks");
    for (size_t i = 0; i < layout->task_count; i++)
        write_task(writer, request, i, &layout->tasks[i]);
    json_writer_close_list(writer);
}

const char *layout_json(const struct plan_slot *slot, const struct plan *plan, struct arena *arena)
{
    struct json_writer writer = json_writer_in(arena, JSON_LINES);
    json_writer_open_object(&writer, NULL);
    json_writer_number(&writer, "imgbuild_layout", 1);
    json_writer_text(&writer, "name", slot->manifest->name.text);
    json_writer_text(&writer, "slot", slot->name);
    write_mpu(&writer, &plan->layout.mpu);
    json_writer_number(&writer, "bound", plan->layout.bound_bytes);
    write_parts(&writer, &plan->request, &plan->layout);
    if (slot->manifest->peripheral_count != 0)
        write_peripherals(&writer, slot->manifest);
    json_writer_close_object(&writer);
    return json_writer_end(&writer);
}
