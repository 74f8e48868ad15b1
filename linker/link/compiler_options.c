#include "linker/link/compiler_options.h"

#include "linker/elf/ar_archive.h"
#include "linker/elf/processor.h"
#include "linker/link/archive_walk.h"

#include <elf.h>

static const char *arm_architecture(const struct processor *processor)
{
    if (processor_has(processor, PROCESSOR_V81M))
        return "armv8.1-m.main";
    if (processor_has(processor, PROCESSOR_V8M_MAIN))
        return "armv8-m.main";
    if (processor_has(processor, PROCESSOR_V8M))
        return "armv8-m.base";
    if (processor_has(processor, PROCESSOR_DSP))
        return "armv7e-m";
    return processor_has(processor, PROCESSOR_THUMB2) ? "armv7-m" : "armv6-m";
}

static void add_arm_options(struct arena *arena, const struct processor *processor, uint32_t flags,
                            struct path_list *ret)
{
    const bool is_hard = (flags & EF_ARM_ABI_FLOAT_HARD) != 0;
    path_list_add(ret, arena, "-mthumb");
    path_list_add(
        ret, arena,
        arena_format(arena, "-march=%s%s", arm_architecture(processor), is_hard ? "+fp" : ""));
    path_list_add(ret, arena, is_hard ? "-mfloat-abi=hard" : "-mfloat-abi=soft");
}

static void add_riscv_options(struct arena *arena, const struct processor *processor,
                              uint32_t flags, struct path_list *ret)
{
    const uint32_t floats = flags & EF_RISCV_FLOAT_ABI;
    const char *letter = "";
    if (floats == EF_RISCV_FLOAT_ABI_SINGLE)
        letter = "f";
    else if (floats == EF_RISCV_FLOAT_ABI_DOUBLE)
        letter = "d";
    else if ((flags & EF_RISCV_RVE) != 0)
        letter = "e";
    if (processor->name != NULL)
        path_list_add(ret, arena, arena_format(arena, "-march=%s", processor->name));
    path_list_add(ret, arena, arena_format(arena, "-mabi=ilp32%s", letter));
}

void compiler_options_of(struct arena *arena, const char *object, struct path_list *ret)
{
    struct diag_list unused = diag_list_in(arena);
    struct elf_file file;
    const char *problem;
    struct span bytes;
    if (!file_read(arena, object, OBJECTS_FILE_LIMIT, NOWHERE, &bytes, &unused))
        return;
    struct archive_walk walk = {.arena = arena, .path = object, .archive = bytes};
    struct walked_member member = {.bytes = bytes};
    if (ar_archive_is_archive(bytes) && !archive_walk_next(&walk, &member))
        return;
    if (!elf_file_is_elf(member.bytes) || !elf_file_open(member.bytes, &file, &problem))
        return;
    const struct processor processor = processor_of(arena, &file);
    if (file.machine == EM_ARM)
        add_arm_options(arena, &processor, file.flags, ret);
    else if (file.machine == EM_RISCV)
        add_riscv_options(arena, &processor, file.flags, ret);
}
