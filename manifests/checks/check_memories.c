#include "manifests/checks/checks.h"
#include "manifests/yaml/limits.h"

#include <inttypes.h>

static uint64_t end_of(const struct manifest_memory *memory)
{
    return memory->base.value + memory->size.value;
}

static bool is_placed(const struct manifest_memory *memory)
{
    return memory->base.is_given && memory->size.is_given;
}

/* True when holes of a memory, which are ascending, hold all of [start, end). */
static bool is_in_holes(const struct manifest_memory *memory, uint64_t start, uint64_t end)
{
    for (size_t i = 0; i < memory->hole_count && start < end; i++) {
        const struct manifest_hole *hole = &memory->holes[i];
        if (hole->base <= start && start < hole->base + hole->size)
            start = hole->base + hole->size;
    }
    return start >= end;
}

static bool overlap(const struct manifest_memory *first, const struct manifest_memory *second)
{
    const uint64_t start =
        first->base.value > second->base.value ? first->base.value : second->base.value;
    const uint64_t end = end_of(first) < end_of(second) ? end_of(first) : end_of(second);
    return start < end && !is_in_holes(first, start, end) && !is_in_holes(second, start, end);
}

static void check_pair(const struct checks *checks, const struct manifest_memory *first,
                       const struct manifest_memory *second)
{
    if (!is_placed(first) || !is_placed(second) || !overlap(first, second))
        return;
    diag_error(checks->diags, "manifest-overlap", second->base.pos,
               "memory '%s' (0x%08" PRIx64 " to 0x%08" PRIx64 ") overlaps '%s' (0x%08" PRIx64
               " to 0x%08" PRIx64 ")",
               second->name.text, second->base.value, end_of(second) - 1, first->name.text,
               first->base.value, end_of(first) - 1);
    diag_hint(
        checks->diags,
        "memories must not overlap; make one smaller, or give it a hole where the other lies");
}

static void check_disjoint(const struct checks *checks, const struct manifest_memory *memories)
{
    const size_t count = checks->manifest->memory_count;
    for (size_t i = 0; i < count && checks->diags->error_count < LIMIT_ERRORS; i++) {
        for (size_t k = 0; k < i; k++)
            check_pair(checks, &memories[k], &memories[i]);
    }
}

/* A skipped front may leave room in a chip's memory and none in a smaller one of an image slot. */
static void check_skip(const struct checks *checks, const struct manifest_memory *memory)
{
    if (is_placed(memory) && memory->skip.value >= memory->size.value)
        diag_error(checks->diags, "manifest-out-of-range", memory->skip.pos,
                   "'skip' leaves no space in memory '%s'", memory->name.text);
}

/* MCUboot's parts of the kernel's code memory leave room for an image. */
static void check_mcuboot(const struct checks *checks, const struct manifest_memory *memory)
{
    const struct manifest_mcuboot *mcuboot = &checks->manifest->mcuboot;
    if (!mcuboot->is_given || !is_placed(memory) || memory->skip.value >= memory->size.value)
        return;
    const uint64_t room = memory->size.value - memory->skip.value;
    const uint64_t taken = mcuboot->header.value + manifest_mcuboot_tail_bytes(mcuboot);
    if (taken < room)
        return;
    diag_error(checks->diags, "manifest-mcuboot-room", mcuboot->pos,
               "MCUboot's header, records and trailer take %" PRIu64
               " bytes and leave nothing of the %" PRIu64 " of memory '%s'",
               taken, room, memory->name.text);
    diag_hint(checks->diags, "the trailer's size follows from 'sectors', 'align' and 'mode'");
}

/* ---- holes ---- */

static bool is_inside(const struct manifest_hole *hole, const struct manifest_memory *memory)
{
    return hole->base >= memory->base.value && hole->base + hole->size <= end_of(memory);
}

/* A hole lies in the memory as the chip has it, or where an image slot moves it. */
static void check_hole(const struct checks *checks, size_t index, const struct manifest_hole *hole)
{
    const struct manifest_memory *memory = &checks->manifest->memories[index];
    if (!is_placed(memory) || is_inside(hole, memory))
        return;
    for (size_t i = 0; i < checks->variant_count; i++) {
        if (is_inside(hole, &checks->variants[i][index]))
            return;
    }
    diag_error(checks->diags, "manifest-hole-outside", hole->pos,
               "this hole does not lie inside memory '%s'", memory->name.text);
    diag_hint(checks->diags,
              "'%s' reaches from 0x%08" PRIx64 " to 0x%08" PRIx64
              "; the base of a hole is an address, not an offset",
              memory->name.text, memory->base.value, end_of(memory) - 1);
}

void check_memories(const struct checks *checks)
{
    const struct manifest *manifest = checks->manifest;
    for (size_t i = 0; i < checks->variant_count; i++) {
        check_disjoint(checks, checks->variants[i]);
        for (size_t k = 0; k < manifest->memory_count; k++)
            check_skip(checks, &checks->variants[i][k]);
        check_mcuboot(checks, &checks->variants[i][manifest->kernel.program.code_memory]);
    }
    for (size_t i = 0; i < manifest->memory_count; i++) {
        const struct manifest_memory *memory = &manifest->memories[i];
        for (size_t k = 0; k < memory->hole_count; k++) {
            if (checks->diags->error_count < LIMIT_ERRORS)
                check_hole(checks, i, &memory->holes[k]);
        }
    }
}
