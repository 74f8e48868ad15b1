/* The rules of regions against plain enumeration. */
#include "fixture.h"

#include "manifests/checks/grants.h"
#include "manifests/keys/mpu_keys.h"

enum { SPACE_BYTES = 2048 };

/* Every region that a model can describe inside [0, SPACE_BYTES), tried one by one. */
static bool covers_by_trying(const struct manifest_mpu *mpu, uint64_t base, uint64_t size)
{
    const uint64_t least = mpu->model == MANIFEST_PMSAV6 ? 256 : 32;
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

static void compare(struct manifest_mpu mpu)
{
    for (uint64_t base = 0; base < SPACE_BYTES; base += 16) {
        for (uint64_t size = 16; base + size <= SPACE_BYTES; size += 16)
            assert_int_equal(mpu_covers(&mpu, base, size), covers_by_trying(&mpu, base, size));
    }
}

static void test_pmsa_regions(void **state)
{
    (void)state;
    compare((struct manifest_mpu){.model = MANIFEST_PMSAV6});
    compare((struct manifest_mpu){.model = MANIFEST_PMSAV6, .subregions = true});
    compare((struct manifest_mpu){.model = MANIFEST_PMSAV7});
    compare((struct manifest_mpu){.model = MANIFEST_PMSAV7, .subregions = true});
}

static void test_other_regions(void **state)
{
    (void)state;
    const struct manifest_mpu v8 = {.model = MANIFEST_PMSAV8};
    assert_true(mpu_covers(&v8, 0x4008c000, 9376));
    assert_false(mpu_covers(&v8, 0x4008c010, 32));
    assert_false(mpu_covers(&v8, 0x4008c000, 16));
    const struct manifest_mpu pmp = {.model = MANIFEST_PMP, .granularity_bytes = 16};
    assert_true(mpu_covers(&pmp, 0x1000, 48));
    assert_true(mpu_covers(&pmp, 0x1008, 8));
    assert_false(mpu_covers(&pmp, 0x1008, 16));
    const struct manifest_mpu v7 = {.model = MANIFEST_PMSAV7, .subregions = true};
    assert_true(mpu_covers(&v7, 0, (uint64_t)1 << 32));
    assert_true(mpu_covers(&v7, 0xe0000000, 0x20000000));
    assert_false(mpu_covers(&v7, 0, 0));
}

/* A size that fits at some address fits at one of the first few windows. */
static void test_sizes_of_regions(void **state)
{
    (void)state;
    const struct manifest_mpu models[] = {{.model = MANIFEST_PMSAV6},
                                          {.model = MANIFEST_PMSAV6, .subregions = true},
                                          {.model = MANIFEST_PMSAV7},
                                          {.model = MANIFEST_PMSAV7, .subregions = true}};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        for (uint64_t size = 16; size <= SPACE_BYTES; size += 16) {
            bool found = false;
            for (uint64_t base = 0; base < SPACE_BYTES; base += 16)
                found = found || covers_by_trying(&models[i], base, size);
            assert_int_equal(mpu_covers_somewhere(&models[i], size), found);
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

static size_t random_grants(uint32_t *seed, const struct manifest_mpu *mpu, struct grant *grants,
                            uint64_t *masks)
{
    size_t count = 0;
    for (unsigned at = next_random(seed) % 4; at < 60 && count < 6;) {
        const unsigned units = 1U << next_random(seed) % 4;
        at = (at + units - 1) / units * units;
        if (at + units <= 64 && mpu_covers(mpu, at * 32, units * 32)) {
            grants[count] = (struct grant){
                .kind = "peripheral", .name = "x", .start = at * 32, .end = (at + units) * 32};
            masks[count++] = ((UINT64_C(1) << units) - 1) << at;
        }
        at += units + (next_random(seed) % 2 == 0 ? 0 : next_random(seed) % 8);
    }
    return count;
}

/* The count never exceeds the true least number, and mostly meets it. */
static void test_shared_slots(void **state)
{
    struct fixture *fixture = *state;
    const struct manifest_mpu mpu = {.model = MANIFEST_PMSAV7, .subregions = true};
    uint32_t seed = 7;
    size_t exact = 0;
    enum { ROUNDS = 3000 };
    for (int i = 0; i < ROUNDS; i++) {
        struct grant grants[6];
        uint64_t masks[6];
        const size_t count = random_grants(&seed, &mpu, grants, masks);
        const size_t truth = least_by_trying(masks, count, (1U << count) - 1);
        const size_t least =
            grants_least_slots(&mpu, (struct grant_list){grants, count}, fixture->arena);
        assert_true(least <= truth);
        exact += least == truth;
    }
    assert_true(exact > ROUNDS * 9 / 10);
}

static size_t least_of(struct fixture *fixture, struct manifest_mpu mpu, struct grant *grants,
                       size_t count)
{
    return grants_least_slots(&mpu, (struct grant_list){grants, count}, fixture->arena);
}

static void test_joined_neighbours(void **state)
{
    struct grant grants[] = {{.start = 0x5800, .end = 0x5c00},
                             {.start = 0x5400, .end = 0x5800},
                             {.start = 0x5c00, .end = 0x6000},
                             {.start = 0x6000, .end = 0x6400, .attributes = 1}};
    assert_int_equal(least_of(*state, (struct manifest_mpu){.model = MANIFEST_PMSAV7}, grants, 4),
                     3);
    assert_int_equal(least_of(*state, (struct manifest_mpu){.model = MANIFEST_PMSAV8}, grants, 4),
                     2);
    assert_int_equal(least_of(*state,
                              (struct manifest_mpu){.model = MANIFEST_PMSAV7, .subregions = true},
                              grants, 4),
                     2);
    assert_int_equal(least_of(*state, (struct manifest_mpu){.model = MANIFEST_PMSAV7}, grants, 0),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pmsa_regions),     cmocka_unit_test(test_other_regions),
        cmocka_unit_test(test_sizes_of_regions), FIXTURE_TEST(test_shared_slots),
        FIXTURE_TEST(test_joined_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
