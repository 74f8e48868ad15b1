/* The first link of every program, at guessed addresses, to learn what it needs.
 *
 * The guess depends only on the manifest, never on an earlier build: the measured sizes, and so the
 * layout, must be the same in a fresh folder. */
#include "cli/build/build_trial.h"

#include "base/checked.h"
#include "base/path.h"
#include "cli/build/build_link.h"
#include "cli/build/build_tables.h"
#include "linker/elf/symbols.h"

/* A multiple of this satisfies the alignment of any section, except larger buffers. */
static const uint64_t GUESS_ALIGN_BYTES = UINT64_C(64) * 1024;

static const struct layout_range no_image_range = {0, 0};

static struct program_place guess_in(const struct manifest_memory *memory, bool is_kernel)
{
    const uint64_t end = memory->base.value + memory->size.value;
    const uint64_t first = memory->base.value + memory->skip.value;
    const uint64_t aligned = round_up(first, GUESS_ALIGN_BYTES);
    const bool has_room = aligned < end && end - aligned >= (end - first) / 2;
    const uint64_t base = is_kernel || !has_room ? first : aligned;
    return (struct program_place){base, end - base};
}

static const uint64_t *pin_of(const struct manifest_task *task, size_t memory)
{
    for (size_t i = 0; task != NULL && i < task->place_count; i++) {
        if (task->places[i].memory.index == memory)
            return &task->places[i].value;
    }
    return NULL;
}

static struct program_place *guess_places(struct slot_build *slot, size_t index)
{
    const struct build_program *item = &slot->programs.items[index];
    const struct manifest_task *task =
        item->task == MANIFEST_NONE ? NULL : &slot->slot->manifest->tasks[item->task];
    struct program_place *places =
        ARENA_ARRAY(slot->build->arena, struct program_place, item->program.memory_count);
    for (size_t i = 0; i < item->program.memory_count; i++) {
        const struct manifest_memory *memory = &slot->slot->memories[item->memories[i]];
        places[i] = guess_in(memory, task == NULL);
        const uint64_t *pin = pin_of(task, item->memories[i]);
        if (pin != NULL)
            places[i] =
                (struct program_place){*pin, memory->base.value + memory->size.value - *pin};
    }
    return places;
}

/* In a memory that the manifest's kernel.size names, the kernel gets exactly that size and must
 * fit. */
static bool apply_kernel_sizes(struct slot_build *slot)
{
    const struct manifest_kernel *kernel = &slot->slot->manifest->kernel;
    struct plan_program_sizes *sizes = &slot->sizes.kernel;
    struct plan_size *items =
        arena_grow(slot->build->arena, sizes->items, sizes->count, sizes->count, sizeof *items);
    bool ok = true;
    for (size_t i = 0; i < kernel->size_count; i++) {
        const struct manifest_memory_number *given = &kernel->sizes[i];
        for (size_t k = 0; k < sizes->count; k++) {
            if (items[k].memory != given->memory.index)
                continue;
            if (items[k].bytes > given->value) {
                ok = diag_error(slot->build->diags, "kernel-over-size", given->memory.pos,
                                "the kernel needs %llu bytes of %s, %llu more than its kernel.size",
                                (unsigned long long)items[k].bytes,
                                slot->slot->memories[items[k].memory].name.text,
                                (unsigned long long)(items[k].bytes - given->value));
                diag_hint(
                    slot->build->diags,
                    "raise kernel.size, or remove the memory from it to have the build size it");
            }
            items[k].bytes = given->value > items[k].bytes ? given->value : items[k].bytes;
        }
    }
    sizes->items = items;
    return ok;
}

/* Who does not refer to the image's bounds is not linked again when they move. A script of the
 * user's own may compute with them, which shows in no symbol. */
static bool refers_to_image(const struct program *program, struct span elf)
{
    return program->user_script != NULL || symbols_refer_to(elf, "__image_base") ||
           symbols_refer_to(elf, "__image_end");
}

static bool measure(struct slot_build *slot)
{
    struct arena *arena = slot->build->arena;
    slot->sizes.tasks =
        ARENA_ARRAY(arena, struct plan_program_sizes, slot->slot->manifest->task_count);
    bool ok = true;
    for (size_t i = 0; i < slot->programs.count; i++) {
        const char *path = path_join(arena, slot->folders[i], "trial/linked.elf");
        if (!slot_build_read(slot, i, path, slot->trial_places[i], &slot->trial[i])) {
            ok = false;
            continue;
        }
        slot->wants_image_range[i] =
            refers_to_image(&slot->programs.items[i].program, slot->trial[i].elf);
        const struct plan_program_sizes sizes = slot_build_sizes(slot, i, &slot->trial[i]);
        if (i == KERNEL_PROGRAM)
            slot->sizes.kernel = sizes;
        else
            slot->sizes.tasks[i - 1] = sizes;
    }
    return ok && apply_kernel_sizes(slot);
}

bool build_trial(struct slot_build *slot)
{
    struct arena *arena = slot->build->arena;
    const char *tables_path = path_join(arena, slot->folders[KERNEL_PROGRAM], "trial/tables.o");
    struct span tables;
    if (!build_tables(slot, TABLES_FOR_SIZE, &tables) ||
        !file_write(arena, tables_path, tables, FILE_NOT_SYNCED, slot->build->diags))
        return false;
    struct link_step *steps = ARENA_ARRAY(arena, struct link_step, slot->programs.count);
    for (size_t i = 0; i < slot->programs.count; i++) {
        slot->trial_places[i] = guess_places(slot, i);
        const struct slot_link link = {
            .places = slot->trial_places[i],
            .image_range = &no_image_range,
            .purpose = SLOT_LINK_TO_MEASURE,
            .output_path = path_join(arena, slot->folders[i], "trial/linked.elf"),
            .tables_path = i == KERNEL_PROGRAM ? tables_path : NULL,
        };
        steps[i] = slot_build_link_step(slot, i, &link);
    }
    return build_link_steps(slot->build, steps, slot->programs.count, "measuring") && measure(slot);
}
