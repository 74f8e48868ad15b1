#include "linker/link/processor_check.h"

#include "linker/link/objects.h"

#include <elf.h>
#include <string.h>

/* ---- the chip ---- */

static const char *const V7M[] = {PROCESSOR_THUMB2, PROCESSOR_DSP, PROCESSOR_FPU, PROCESSOR_FPU4,
                                  PROCESSOR_FPU5};
static const char *const V8M[] = {PROCESSOR_THUMB2, PROCESSOR_DSP,      PROCESSOR_FPU,
                                  PROCESSOR_FPU4,   PROCESSOR_FPU5,     PROCESSOR_V8M,
                                  PROCESSOR_V81M,   PROCESSOR_V8M_MAIN, PROCESSOR_MVE};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* What a chip can have at most. The registers of PMSAv6 are a subset of those of PMSAv7, so a board
 * with an ARMv7-M chip may name either; PMP goes with any set of extensions. */
static struct processor chip_of(enum mpu_model model)
{
    switch (model) {
    case MPU_PMSAV6:
    case MPU_PMSAV7:
        return (struct processor){EM_ARM, "ARMv7-M", V7M, COUNT(V7M)};
    case MPU_PMSAV8:
        return (struct processor){EM_ARM, "ARMv8-M", V8M, COUNT(V8M)};
    case MPU_PMP:
        return (struct processor){EM_RISCV, "RISC-V", NULL, 0};
    }
    return (struct processor){0};
}

struct processor_rules processor_rules_of(enum mpu_model model)
{

    return (struct processor_rules){.mpu_model = model, .chip = chip_of(model)};
}

void processor_rules_add_kernel(struct arena *arena, struct processor_rules *rules,
                                const struct elf_file *object)
{
    const struct processor needed = processor_of(arena, object);
    rules->kernel = processor_join(arena, &rules->kernel, &needed);
}

/* ---- comparing ---- */

static const char *owner_of(struct arena *arena, const struct program *program)
{
    return program->kind == PROGRAM_KERNEL ? "the kernel"
                                           : arena_format(arena, "task %s", program->name);
}

static bool is_float(const char *feature)
{
    return strcmp(feature, PROCESSOR_FPU) == 0 || strcmp(feature, PROCESSOR_FPU4) == 0 ||
           strcmp(feature, PROCESSOR_FPU5) == 0;
}

/* What a missing feature is called: extensions of RISC-V have names only. */
static const char *feature_words(struct arena *arena, uint16_t machine, const char *feature)
{
    return machine == EM_RISCV ? arena_format(arena, "extension '%s'", feature) : feature;
}

static const char *name_of(const struct processor *processor)
{
    return processor->name == NULL ? "an unnamed processor" : processor->name;
}

static bool check_chip(struct arena *arena, const struct processor_rules *rules,
                       const struct program *program, const char *name,
                       const struct processor *needed, struct diag_list *diags)
{
    const char *model = mpu_model_name(rules->mpu_model);
    if (needed->machine != rules->chip.machine) {
        diag_error(diags, "link-wrong-machine", program->pos,
                   "%s of %s is compiled for %s, but MPU model '%s' belongs to %s", name,
                   owner_of(arena, program), objects_machine_name(arena, needed->machine), model,
                   objects_machine_name(arena, rules->chip.machine));
        diag_hint(diags, "compile it for the chip, or correct `mpu.model` of the chip");
        return false;
    }
    const char *feature =
        rules->chip.machine == EM_RISCV ? NULL : processor_lacks(&rules->chip, needed);
    if (feature == NULL)
        return true;
    diag_error(diags, "link-wrong-processor", program->pos,
               "%s of %s is compiled for %s and needs %s, which no chip with MPU model '%s' has",
               name, owner_of(arena, program), name_of(needed), feature, model);
    if (strcmp(feature, PROCESSOR_ARM_STATE) == 0)
        diag_hint(diags, "compile it with -mthumb and the -mcpu of the chip");
    else
        diag_hint(diags,
                  "compile it with the -mcpu of the chip, or correct `mpu.model` of the chip");
    return false;
}

static void hint_kernel(uint16_t machine, const char *feature, struct diag_list *diags)
{
    if (machine == EM_RISCV)
        diag_hint(diags, "compile both with the same -march and -mabi");
    else if (is_float(feature))
        diag_hint(diags, "compile it with -mfloat-abi=soft, or an object of the kernel with the "
                         "same -mfpu and -mfloat-abi=softfp: it must keep these registers for "
                         "each task");
    else
        diag_hint(diags, "compile both with the same -mcpu");
}

static bool check_kernel(struct arena *arena, const struct processor_rules *rules,
                         const struct program *program, const char *name,
                         const struct processor *needed, struct diag_list *diags)
{
    const struct processor *kernel = &rules->kernel;
    const char *feature = processor_lacks(kernel, needed);
    if (program->kind == PROGRAM_KERNEL || kernel->name == NULL || feature == NULL)
        return true;
    const char *words = feature_words(arena, needed->machine, feature);
    if (is_float(feature))
        diag_error(diags, "link-wrong-processor", program->pos,
                   "%s of %s is compiled with %s, but the kernel without", name,
                   owner_of(arena, program), words);
    else
        diag_error(diags, "link-wrong-processor", program->pos,
                   "%s of %s is compiled for %s and needs %s, but the kernel is compiled for %s",
                   name, owner_of(arena, program), name_of(needed), words, kernel->name);
    hint_kernel(needed->machine, feature, diags);
    return false;
}

bool processor_check(struct arena *arena, const struct processor_rules *rules,
                     const struct program *program, const char *name, const struct elf_file *object,
                     struct diag_list *diags)
{
    const struct processor needed = processor_of(arena, object);
    return check_chip(arena, rules, program, name, &needed, diags) &&
           check_kernel(arena, rules, program, name, &needed, diags);
}
