#include "layout/mpu/mpu_words.h"

#include "layout/mpu/mpu_facts.h"

#include <imgbuild/tables.h>

#include <assert.h>
#include <string.h>

/* In the order of the attribute indices of IMGBUILD_MAIR0. */
enum memory_type { MEMORY_FLASH, MEMORY_RAM, MEMORY_DMA, MEMORY_DEVICE };

enum {
    RBAR_VALID = 1 << 4, /* PMSAv6/7: the register's low bits choose the slot */

    RASR_ENABLE = 1,
    RASR_SIZE_SHIFT = 1,
    RASR_SRD_SHIFT = 8,
    RASR_AP_SHIFT = 24,
    RASR_XN = 1 << 28,
    RASR_AP_READ_WRITE = 3, /* for privileged and unprivileged code alike, as the next */
    RASR_AP_READ_ONLY = 6,

    RBAR_V8_XN = 1,
    RBAR_V8_AP_SHIFT = 1,
    RBAR_V8_AP_READ_WRITE = 1,
    RBAR_V8_AP_READ_ONLY = 3,
    RBAR_V8_SH_SHIFT = 3,
    RBAR_V8_OUTER_SHAREABLE = 2,
    RLAR_ENABLE = 1,
    RLAR_INDEX_SHIFT = 1,
    LIMIT_MASK = 31,

    PMP_READ = 1,
    PMP_WRITE = 2,
    PMP_EXECUTE = 4,
    PMP_TOR = 1 << 3,
    PMP_NAPOT = 3 << 3,
    PMP_ENTRIES_A_WORD = 4
};

/* TEX (from bit 19), S (18), C (17) and B (16). PMSAv6 ignores TEX, which leaves each type usable
 * there. */
static const uint32_t rasr_types[] = {
    [MEMORY_FLASH] = 1u << 17,                     /* C: write-through */
    [MEMORY_RAM] = 1u << 19 | 1u << 17 | 1u << 16, /* TEX 1, C, B: write-back, allocates */
    [MEMORY_DMA] = 1u << 19 | 1u << 18,            /* TEX 1, S: shared, not cached */
    [MEMORY_DEVICE] = 1u << 18 | 1u << 16,         /* S, B: shared device */
};

static enum memory_type usual_type(uint32_t attributes)
{
    if ((attributes & IMGBUILD_DEVICE) != 0)
        return MEMORY_DEVICE;
    if ((attributes & IMGBUILD_DMA) != 0)
        return MEMORY_DMA;
    return (attributes & IMGBUILD_WRITE) != 0 ? MEMORY_RAM : MEMORY_FLASH;
}

/* Who says how a memory is cached knows better, even where other bus masters use it. */
static enum memory_type memory_type(const struct mpu_grant *grant)
{
    switch (grant->cache) {
    case LAYOUT_CACHE_DEFAULT:
        break;
    case LAYOUT_CACHE_WRITE_BACK:
        return MEMORY_RAM;
    case LAYOUT_CACHE_WRITE_THROUGH:
        return MEMORY_FLASH;
    case LAYOUT_CACHE_NONE:
        return MEMORY_DMA;
    }
    return usual_type(grant->attributes);
}

static uint32_t log2_of(uint64_t power)
{
    uint32_t log2 = 0;
    while (power >> log2 != 1)
        log2++;
    return log2;
}

/* ---- PMSAv6 and PMSAv7 ---- */

static uint32_t rasr_word(const struct mpu_grant *grant)
{
    const bool writes = (grant->attributes & IMGBUILD_WRITE) != 0;
    const bool executes = (grant->attributes & IMGBUILD_EXECUTE) != 0;
    const uint32_t permission = writes ? RASR_AP_READ_WRITE : RASR_AP_READ_ONLY;
    return rasr_types[memory_type(grant)] | permission << RASR_AP_SHIFT |
           (executes ? 0u : (uint32_t)RASR_XN) | (uint32_t)grant->region.srd << RASR_SRD_SHIFT |
           (log2_of(grant->region.mpu_size) - 1) << RASR_SIZE_SHIFT | RASR_ENABLE;
}

static void encode_powers(const struct mpu *mpu, const struct mpu_grant *grants, size_t count,
                          uint32_t *words)
{
    assert(mpu->slots <= mpu_facts_of(mpu->model)->slots_most);
    for (uint32_t slot = mpu->reserved; slot < mpu->slots; slot++) {
        const size_t index = slot - mpu->reserved;
        uint32_t *pair = words + 2 * index;
        pair[0] = RBAR_VALID | slot;
        pair[1] = 0;
        if (index < count) {
            pair[0] |= (uint32_t)grants[index].region.mpu_base;
            pair[1] = rasr_word(&grants[index]);
        }
    }
}

/* ---- PMSAv8 ---- */

static void encode_limits(const struct mpu_grant *grants, size_t count, uint32_t *words)
{
    for (size_t i = 0; i < count; i++) {
        const struct mpu_grant *grant = &grants[i];
        const enum memory_type type = memory_type(grant);
        const bool writes = (grant->attributes & IMGBUILD_WRITE) != 0;
        const bool executes = (grant->attributes & IMGBUILD_EXECUTE) != 0;
        const bool shared = type == MEMORY_DMA || type == MEMORY_DEVICE;
        const uint32_t permission = writes ? RBAR_V8_AP_READ_WRITE : RBAR_V8_AP_READ_ONLY;
        words[2 * i] = (uint32_t)grant->region.start |
                       (shared ? RBAR_V8_OUTER_SHAREABLE : 0u) << RBAR_V8_SH_SHIFT |
                       permission << RBAR_V8_AP_SHIFT | (executes ? 0u : RBAR_V8_XN);
        words[2 * i + 1] = ((uint32_t)(grant->region.end - 1) & ~(uint32_t)LIMIT_MASK) |
                           (uint32_t)type << RLAR_INDEX_SHIFT | RLAR_ENABLE;
    }
}

/* ---- PMP ---- */

/* The entries of one task while they are filled; `next` counts the MPU's entries from 0. */
struct pmp_entries {
    const struct mpu *mpu;
    uint32_t *addresses;      /* of entries from mpu->reserved */
    uint32_t *configurations; /* of all entries, a byte each */
    uint32_t next;
    uint64_t tor_end; /* where the entry before `next` ends if it is TOR, else 0 */
};

static void add_entry(struct pmp_entries *entries, uint64_t address, uint32_t configuration)
{
    assert(entries->next < entries->mpu->slots);
    const uint32_t entry = entries->next++;
    const uint32_t shift = 8 * (entry % PMP_ENTRIES_A_WORD);
    entries->addresses[entry - entries->mpu->reserved] = (uint32_t)address;
    entries->configurations[entry / PMP_ENTRIES_A_WORD] |= configuration << shift;
}

/* Writing without reading is a reserved combination: a writable region is readable too. */
static uint32_t pmp_permission(uint32_t attributes)
{
    uint32_t permission = 0;
    if ((attributes & (IMGBUILD_READ | IMGBUILD_WRITE)) != 0)
        permission |= PMP_READ;
    if ((attributes & IMGBUILD_WRITE) != 0)
        permission |= PMP_WRITE;
    if ((attributes & IMGBUILD_EXECUTE) != 0)
        permission |= PMP_EXECUTE;
    return permission;
}

/* A TOR entry starts where the entry before it says; one that is off can say it too. */
static void add_tor(struct pmp_entries *entries, const struct mpu_region *region,
                    uint32_t permission)
{
    if (region->slots == 2)
        add_entry(entries, region->start >> 2, 0);
    else
        assert(region->start == entries->tor_end);
    add_entry(entries, region->end >> 2, PMP_TOR | permission);
    entries->tor_end = region->end;
}

static void encode_entries(const struct mpu *mpu, const struct mpu_grant *grants, size_t count,
                           uint32_t *words)
{
    struct pmp_entries entries = {.mpu = mpu,
                                  .addresses = words,
                                  .configurations = words + (mpu->slots - mpu->reserved),
                                  .next = mpu->reserved};
    for (size_t i = 0; i < count; i++) {
        const struct mpu_region *region = &grants[i].region;
        const uint32_t permission = pmp_permission(grants[i].attributes);
        if (region->mpu_size == 0) {
            add_tor(&entries, region, permission);
            continue;
        }
        const uint64_t size_bits = (region->mpu_size >> 3) - 1; /* as many ones as the size says */
        add_entry(&entries, region->mpu_base >> 2 | size_bits, PMP_NAPOT | permission);
        entries.tor_end = 0;
    }
}

size_t mpu_words_count(const struct mpu *mpu)
{
    const size_t slots = mpu->slots - mpu->reserved;
    if (mpu_facts_of(mpu->model)->shape != MPU_SHAPE_ENTRIES)
        return 2 * slots;
    return slots + (mpu->slots + PMP_ENTRIES_A_WORD - 1) / PMP_ENTRIES_A_WORD;
}

void mpu_words_encode(const struct mpu *mpu, const struct mpu_grant *grants, size_t count,
                      uint32_t *ret_words)
{
    assert(count <= mpu->slots - mpu->reserved);
    memset(ret_words, 0, mpu_words_count(mpu) * sizeof *ret_words);
    switch (mpu_facts_of(mpu->model)->shape) {
    case MPU_SHAPE_POWERS:
        encode_powers(mpu, grants, count, ret_words);
        break;
    case MPU_SHAPE_LIMITS:
        encode_limits(grants, count, ret_words);
        break;
    case MPU_SHAPE_ENTRIES:
        encode_entries(mpu, grants, count, ret_words);
        break;
    }
}
