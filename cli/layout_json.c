#include "cli/layout_json.h"

#include "cli/json_text.h"

#include <jansson.h>

/* jansson's numbers are signed; addresses end at 2^32, far below its limit. */
static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *mpu_json(const struct mpu *mpu)
{
    return json_pack("{s:s, s:I, s:I, s:b}", "model", mpu_model_name(mpu->model), "slots",
                     (json_int_t)mpu->slots, "reserved", (json_int_t)mpu->reserved, "subregions",
                     (int)mpu->subregions);
}

static json_t *memory_json(const struct layout_memory *memory,
                           const struct layout_memory_answer *answer)
{
    json_t *json = json_object();
    json_object_set_new(json, "name", json_string(memory->name));
    json_object_set_new(json, "base", number(memory->base));
    json_object_set_new(json, "size", number(memory->size));
    json_object_set_new(json, "end", number(answer->end));
    json_object_set_new(json, "need", number(answer->need_bytes));
    json_object_set_new(json, "bound", number(answer->bound_bytes));
    json_object_set_new(json, "padding", number(answer->padding_bytes));
    json_object_set_new(json, "gap", number(answer->gap_bytes));
    return json;
}

static json_t *kernel_json(const struct layout_request *request,
                           const struct layout_kernel_answer *kernel)
{
    json_t *json = json_object();
    json_object_set_new(json, "memory", json_string(request->memories[kernel->memory].name));
    json_object_set_new(json, "base", number(kernel->range.start));
    json_object_set_new(json, "size", number(kernel->range.end - kernel->range.start));
    json_object_set_new(json, "need", number(kernel->need_bytes));
    return json;
}

/* What a region and a fixed grant have in common; models without a size have no eighths either. */
static void set_region(json_t *json, const struct mpu_region *region)
{
    json_object_set_new(json, "first", number(region->start));
    json_object_set_new(json, "last", number(region->end - 1));
    json_object_set_new(json, "slots", number(region->slots));
    json_object_set_new(json, "mpu_base", number(region->mpu_base));
    if (region->mpu_size == 0)
        return;
    json_object_set_new(json, "mpu_size", number(region->mpu_size));
    json_object_set_new(json, "srd", number(region->srd));
}

static json_t *block_json(const struct layout_request *request, const struct layout_block *block)
{
    json_t *json = json_object();
    json_object_set_new(json, "memory", json_string(request->memories[block->memory].name));
    json_object_set_new(json, "base", number(block->range.start));
    json_object_set_new(json, "size", number(block->range.end - block->range.start));
    json_object_set_new(json, "need", number(block->need_bytes));
    json_t *regions = json_array();
    for (size_t i = 0; i < block->region_count; i++) {
        json_t *region = json_object();
        set_region(region, &block->regions[i]);
        json_array_append_new(regions, region);
    }
    json_object_set_new(json, "regions", regions);
    return json;
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

static json_t *fixed_json(const struct layout_fixed *fixed)
{
    json_t *json = json_object();
    json_object_set_new(json, "kind", json_string(kind_name(fixed->kind)));
    json_t *names = json_array();
    for (size_t i = 0; i < fixed->name_count; i++)
        json_array_append_new(names, json_string(fixed->names[i]));
    json_object_set_new(json, "names", names);
    set_region(json, &fixed->region);
    return json;
}

static json_t *task_json(const struct layout_request *request, size_t index,
                         const struct layout_task_answer *task)
{
    json_t *json = json_object();
    json_object_set_new(json, "name", json_string(request->tasks[index].name));
    json_object_set_new(json, "index", number(index));
    json_object_set_new(json, "slots_used", number(task->slots_used));
    json_object_set_new(json, "slots_free", number(task->slots_free));
    json_t *blocks = json_array();
    for (size_t i = 0; i < task->block_count; i++)
        json_array_append_new(blocks, block_json(request, &task->blocks[i]));
    json_object_set_new(json, "blocks", blocks);
    json_t *fixed = json_array();
    for (size_t i = 0; i < task->fixed_count; i++)
        json_array_append_new(fixed, fixed_json(&task->fixed[i]));
    json_object_set_new(json, "fixed", fixed);
    return json;
}

static json_t *document(const struct plan_slot *slot, const struct plan *plan)
{
    const struct layout_request *request = &plan->request;
    const struct layout *layout = &plan->layout;
    json_t *json = json_object();
    json_object_set_new(json, "imgbuild_layout", json_integer(1));
    json_object_set_new(json, "name", json_string(slot->manifest->name.text));
    json_object_set_new(json, "slot", json_string(slot->name));
    json_object_set_new(json, "mpu", mpu_json(&layout->mpu));
    json_object_set_new(json, "bound", number(layout->bound_bytes));
    json_t *memories = json_array();
    for (size_t i = 0; i < layout->memory_count; i++)
        json_array_append_new(memories, memory_json(&request->memories[i], &layout->memories[i]));
    json_object_set_new(json, "memories", memories);
    json_t *kernel = json_array();
    for (size_t i = 0; i < layout->kernel_count; i++)
        json_array_append_new(kernel, kernel_json(request, &layout->kernel[i]));
    json_object_set_new(json, "kernel", kernel);
    json_t *tasks = json_array();
    for (size_t i = 0; i < layout->task_count; i++)
        json_array_append_new(tasks, task_json(request, i, &layout->tasks[i]));
    json_object_set_new(json, "tasks", tasks);
    return json;
}

const char *layout_json(const struct plan_slot *slot, const struct plan *plan, struct arena *arena)
{
    json_t *json = document(slot, plan);
    const char *text = json_text_take(json_dumps(json, JSON_INDENT(1)), arena);
    json_decref(json);
    return text;
}
