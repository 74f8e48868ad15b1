/* The rules of regions against plain enumeration. */
#include "layout/mpu/mpu_facts.h"
#include "layout/mpu/mpu_join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SPACE_BYTES = 2048 };

/* Every region that a model can describe inside [0, SPACE_BYTES), tried one by one. */
static bool covers_by_trying(const struct mpu *mpu, uint64_t base, uint64_t size)
{
    const uint64_t least = mpu->model == MPU_PMSAV6 ? 256 : 32;
    for (uint64_t region = least; region <= 8 * SPACE_BYTES; region *= 2) {
        const uint64_t start = base / region * region;
        if (start == base && region == size)
            return true;
        if (!mpu->subregions || region < 256)
            continue;
        for (unsigned first = 0; first < 8; first++) {
            for (unsigned last = first; last < 8; last++) {
                if (start + first * region / 8 == base &&
                    start + (last + 1) * region / 8 == base + size)
                    return true;
            }
        }
    }
    return false;
}

static void compare(struct mpu mpu)
{
    for (uint64_t base = 0; base < SPACE_BYTES; base += 16) {
        for (uint64_t size = 16; base + size <= SPACE_BYTES; size += 16)
            assert_int_equal(mpu_covers_exactly(&mpu, base, base + size),
                             covers_by_trying(&mpu, base, size));
    }
}

static void test_pmsa_regions(void **state)
{
    (void)state;
    compare((struct mpu){.model = MPU_PMSAV6});
    compare((struct mpu){.model = MPU_PMSAV6, .subregions = true});
    compare((struct mpu){.model = MPU_PMSAV7});
    compare((struct mpu){.model = MPU_PMSAV7, .subregions = true});
}

static void test_other_regions(void **state)
{
    (void)state;
    const struct mpu v8 = {.model = MPU_PMSAV8};
    assert_true(mpu_covers_exactly(&v8, 0x4008c000, 0x4008c000 + 9376));
    assert_false(mpu_covers_exactly(&v8, 0x4008c010, 0x4008c010 + 32));
    assert_false(mpu_covers_exactly(&v8, 0x4008c000, 0x4008c000 + 16));
    const struct mpu pmp = {.model = MPU_PMP, .granularity_bytes = 16};
    assert_true(mpu_covers_exactly(&pmp, 0x1000, 0x1000 + 48));
    assert_true(mpu_covers_exactly(&pmp, 0x1010, 0x1010 + 16));
    assert_false(mpu_covers_exactly(&pmp, 0x1008, 0x1008 + 8));
    assert_false(mpu_covers_exactly(&pmp, 0x1008, 0x1008 + 16));
    const struct mpu v7 = {.model = MPU_PMSAV7, .subregions = true};
    assert_true(mpu_covers_exactly(&v7, 0, (uint64_t)1 << 32));
    assert_true(mpu_covers_exactly(&v7, 0xe0000000, MPU_ADDRESS_END));
    assert_false(mpu_covers_exactly(&v7, 0, 0));
}

/* A size that fits at some address fits at address 0. */
static void test_sizes_of_regions(void **state)
{
    (void)state;
    const struct mpu models[] = {{.model = MPU_PMSAV6},
                                 {.model = MPU_PMSAV6, .subregions = true},
                                 {.model = MPU_PMSAV7},
                                 {.model = MPU_PMSAV7, .subregions = true}};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        for (uint64_t size = 16; size <= SPACE_BYTES; size += 16) {
            bool found = false;
            for (uint64_t base = 0; base < SPACE_BYTES; base += 16)
                found = found || covers_by_trying(&models[i], base, size);
            assert_int_equal(mpu_covers_exactly(&models[i], 0, size), found);
        }
    }
}

/* ---- shared slots ---- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Whether one region can grant exactly the grants of a set: a bit for each 32 bytes of the space.
 */
static bool one_region_grants(uint64_t wanted)
{
    for (unsigned step = 1; step <= 8;
         step *= 2) { /* in units of 32 bytes; a window has eight steps */
        for (unsigned start = 0; start < 64; start += 8 * step) {
            const uint64_t window =
                8 * step >= 64 ? UINT64_MAX : ((UINT64_C(1) << 8 * step) - 1) << start;
            bool is_whole = (wanted & ~window) == 0;
            for (unsigned eighth = 0; eighth < 8 && is_whole; eighth++) {
                const uint64_t part = (((UINT64_C(1) << step) - 1) << (start + eighth * step));
                is_whole = (wanted & part) == 0 || (wanted & part) == part;
            }
            if (is_whole)
                return true;
        }
    }
    return false;
}

/* The least number of regions, over all ways to split the grants into sets; SIZE_MAX: there is
 * none. */
static size_t least_by_trying(const uint64_t *masks, size_t count, unsigned left)
{
    if (left == 0)
        return 0;
    size_t least = SIZE_MAX;
    for (unsigned set = left; set != 0; set = (set - 1) & left) {
        uint64_t wanted = 0;
        for (size_t i = 0; i < count; i++)
            wanted |= (set >> i & 1) != 0 ? masks[i] : 0;
        if ((set & (left & (~left + 1))) == 0 || !one_region_grants(wanted))
            continue;
        const size_t rest = least_by_trying(masks, count, left & ~set);
        if (rest != SIZE_MAX && rest + 1 < least)
            least = rest + 1;
    }
    return least;
}

static size_t random_grants(uint32_t *seed, const struct mpu *mpu, struct mpu_wish *wishes,
                            uint64_t *masks)
{
    size_t count = 0;
    for (unsigned at = next_random(seed) % 4; at < 60 && count < 6;) {
        const unsigned units = 1U << next_random(seed) % 4;
        at = (at + units - 1) / units * units;
        if (at + units <= 64 && mpu_covers_exactly(mpu, at * 32, (at + units) * 32)) {
            wishes[count] = (struct mpu_wish){.range = {at * 32, (at + units) * 32}};
            masks[count++] = ((UINT64_C(1) << units) - 1) << at;
        }
        at += units + (next_random(seed) % 2 == 0 ? 0 : next_random(seed) % 8);
    }
    return count;
}

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

/* The slots of up to ten alike are the least that there can be. */
static void test_shared_slots(void **state)
{
    (void)state;
    struct arena *arena = arena_create(no_memory);
    const struct mpu mpu = {.model = MPU_PMSAV7, .subregions = true};
    uint32_t seed = 7;
    enum { ROUNDS = 3000 };
    for (int i = 0; i < ROUNDS; i++) {
        struct mpu_wish wishes[6];
        uint64_t masks[6];
        struct mpu_join join;
        const size_t count = random_grants(&seed, &mpu, wishes, masks);
        assert_true(mpu_join(&mpu, wishes, count, arena, &join));
        assert_int_equal(join.slots, least_by_trying(masks, count, (1U << count) - 1));
    }
    arena_destroy(arena);
}

static uint32_t slots_of(struct mpu mpu, const struct mpu_wish *wishes, size_t count)
{
    struct arena *arena = arena_create(no_memory);
    struct mpu_join join;
    assert_true(mpu_join(&mpu, wishes, count, arena, &join));
    arena_destroy(arena);
    return join.slots;
}

static void test_joined_neighbours(void **state)
{
    (void)state;
    const struct mpu_wish wishes[] = {{.range = {0x5800, 0x5c00}},
                                      {.range = {0x5400, 0x5800}},
                                      {.range = {0x5c00, 0x6000}},
                                      {.range = {0x6000, 0x6400}, .attributes = 1}};
    assert_int_equal(slots_of((struct mpu){.model = MPU_PMSAV7}, wishes, 4), 3);
    assert_int_equal(slots_of((struct mpu){.model = MPU_PMSAV8}, wishes, 4), 2);
    assert_int_equal(slots_of((struct mpu){.model = MPU_PMSAV7, .subregions = true}, wishes, 4), 2);
    assert_int_equal(slots_of((struct mpu){.model = MPU_PMP}, wishes, 4), 3); /* TOR and NAPOT */
    assert_int_equal(slots_of((struct mpu){.model = MPU_PMSAV7}, wishes, 0), 0);
}

/* Two ranges that no region grants by themselves, and one region that grants both. */
static void test_only_together(void **state)
{
    (void)state;
    const struct mpu mpu = {.model = MPU_PMP, .granularity_bytes = 64};
    const struct mpu_wish wishes[] = {{.range = {0x1000, 0x1010}}, {.range = {0x1010, 0x1040}}};
    struct arena *arena = arena_create(no_memory);
    struct mpu_join join;
    assert_true(mpu_join(&mpu, wishes, 2, arena, &join));
    assert_int_equal(join.count, 1);
    assert_false(mpu_join(&mpu, wishes, 1, arena, &join));
    assert_int_equal(join.missed_count, 1);
    assert_int_equal(join.missed[0], 0);
    arena_destroy(arena);
}

/* Every model has a name of its own, by which it is found. */
static void test_models_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < MPU_MODEL_COUNT; i++) {
        enum mpu_model found = MPU_MODEL_COUNT - 1 - (enum mpu_model)i;
        assert_true(mpu_facts_find(mpu_model_name((enum mpu_model)i), &found));
        assert_int_equal(found, i);
    }
    enum mpu_model untouched = MPU_PMP;
    assert_false(mpu_facts_find("pmsav9", &untouched));
    assert_int_equal(untouched, MPU_PMP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pmsa_regions),      cmocka_unit_test(test_other_regions),
        cmocka_unit_test(test_sizes_of_regions),  cmocka_unit_test(test_shared_slots),
        cmocka_unit_test(test_joined_neighbours), cmocka_unit_test(test_only_together),
        cmocka_unit_test(test_models_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
