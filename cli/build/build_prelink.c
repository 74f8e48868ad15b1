#include "cli/build/build_prelink.h"

#include "cli/build/build_link.h"

bool build_prelink(struct build *build)
{
    const size_t count = build->programs.count;
    struct link_step *steps = ARENA_ARRAY(build->arena, struct link_step, count);
    const char **prelinked = ARENA_ARRAY(build->arena, const char *, count);
    const char **maps = ARENA_ARRAY(build->arena, const char *, count);
    size_t step_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct program *program = &build->programs.items[i].program;
        if (!link_has_prelink(&build->toolchain, program))
            continue;
        const char *folder =
            arena_format(build->arena, "%s/prelink/%s", build->work_folder, program->name);
        if (!folder_create(build->arena, folder, build->diags))
            return false;
        file_remove_leftovers(build->arena, folder);
        steps[step_count] = link_prepare_prelink(build->arena, &build->toolchain, program, folder);
        maps[i] = steps[step_count].map_path;
        prelinked[i] = steps[step_count++].output_path;
    }
    build->prelinked = prelinked;
    build->prelink_maps = maps;
    return build_link_steps(build, steps, step_count, "prelinking");
}
