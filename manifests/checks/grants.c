#include "manifests/checks/grants.h"

#include "layout/mpu/mpu_join.h"

#include <imgbuild/tables.h>

static void add(struct grant_list *grants, struct grant grant, struct manifest_number base,
                struct manifest_number size)
{
    if (!base.is_given || !size.is_given)
        return;
    grant.start = base.value;
    grant.end = base.value + size.value;
    grants->items[grants->count++] = grant;
}

struct grant_list grants_of(const struct manifest *manifest, const struct manifest_task *task,
                            const struct manifest_memory *memories, struct arena *arena)
{
    struct grant_list grants = {
        ARENA_ARRAY(arena, struct grant, task->uses.count + task->maps.count), 0};
    for (size_t i = 0; i < task->uses.count; i++) {
        const struct manifest_peripheral *used = &manifest->peripherals[task->uses.items[i].index];
        add(&grants,
            (struct grant){.kind = "peripheral",
                           .name = used->name.text,
                           .attributes = IMGBUILD_READ | IMGBUILD_WRITE | IMGBUILD_DEVICE,
                           .pos = task->uses.items[i].pos},
            used->base, used->size);
    }
    for (size_t i = 0; i < task->maps.count; i++) {
        const struct manifest_memory *mapped = &memories[task->maps.items[i].index];
        add(&grants,
            (struct grant){.kind = "map",
                           .name = mapped->name.text,
                           .attributes = manifest_memory_attributes(mapped),
                           .cache = mapped->cache,
                           .pos = task->maps.items[i].pos},
            mapped->base, mapped->size);
    }
    return grants;
}

struct mpu_join grants_join(const struct mpu *mpu, struct grant_list grants, struct arena *arena)
{
    struct mpu_wish *wishes = ARENA_ARRAY(arena, struct mpu_wish, grants.count);
    struct mpu_join join;
    for (size_t i = 0; i < grants.count; i++) {
        const struct grant *grant = &grants.items[i];
        wishes[i] = (struct mpu_wish){{grant->start, grant->end}, grant->attributes, grant->cache};
    }
    (void)mpu_join(mpu, wishes, grants.count, arena, &join);
    return join;
}
