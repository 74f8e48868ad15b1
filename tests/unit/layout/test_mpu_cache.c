/* How a memory is cached, in the words of each model. */
#include "layout/mpu/mpu_words.h"

#include <imgbuild/tables.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { RW = IMGBUILD_READ | IMGBUILD_WRITE };

/* The words of one 1 KiB region of RAM in the only slot of a task. */
static void check_words(enum mpu_model model, uint32_t attributes, enum layout_cache cache,
                        uint32_t first, uint32_t second)
{
    const struct mpu mpu = {.model = model, .slots = 2, .reserved = 1};
    const struct mpu_grant grant = {.region = {.start = 0x20000000,
                                               .end = 0x20000400,
                                               .slots = 1,
                                               .mpu_base = 0x20000000,
                                               .mpu_size = 0x400},
                                    .attributes = attributes,
                                    .cache = cache};
    uint32_t words[2];
    assert_int_equal(mpu_words_count(&mpu), 2);
    mpu_words_encode(&mpu, &grant, 1, words);
    assert_int_equal(words[0], first);
    assert_int_equal(words[1], second);
}

static void pmsav7_and_pmsav6_have_tex_s_c_and_b(void **state)
{
    (void)state;
    static const enum mpu_model models[] = {MPU_PMSAV6, MPU_PMSAV7};
    for (size_t i = 0; i < 2; i++) {
        check_words(models[i], RW, LAYOUT_CACHE_DEFAULT, 0x20000011, 0x130b0013);
        check_words(models[i], RW, LAYOUT_CACHE_WRITE_BACK, 0x20000011, 0x130b0013);
        check_words(models[i], RW, LAYOUT_CACHE_WRITE_THROUGH, 0x20000011, 0x13020013);
        check_words(models[i], RW, LAYOUT_CACHE_NONE, 0x20000011, 0x130c0013);
    }
}

static void pmsav8_has_an_index_and_shareability(void **state)
{
    (void)state;
    check_words(MPU_PMSAV8, RW, LAYOUT_CACHE_DEFAULT, 0x20000003, 0x200003e3);
    check_words(MPU_PMSAV8, RW, LAYOUT_CACHE_WRITE_BACK, 0x20000003, 0x200003e3);
    check_words(MPU_PMSAV8, RW, LAYOUT_CACHE_WRITE_THROUGH, 0x20000003, 0x200003e1);
    check_words(MPU_PMSAV8, RW, LAYOUT_CACHE_NONE, 0x20000013, 0x200003e5);
}

static void what_is_said_of_dma_memory_counts(void **state)
{
    (void)state;
    const uint32_t dma = RW | IMGBUILD_DMA;
    check_words(MPU_PMSAV7, dma, LAYOUT_CACHE_DEFAULT, 0x20000011, 0x130c0013);
    check_words(MPU_PMSAV7, dma, LAYOUT_CACHE_WRITE_BACK, 0x20000011, 0x130b0013);
    check_words(MPU_PMSAV8, dma, LAYOUT_CACHE_WRITE_THROUGH, 0x20000003, 0x200003e1);
}

static void pmp_knows_no_caches(void **state)
{
    (void)state;
    check_words(MPU_PMP, RW, LAYOUT_CACHE_DEFAULT, 0x0800007f, 0x00001b00);
    check_words(MPU_PMP, RW, LAYOUT_CACHE_NONE, 0x0800007f, 0x00001b00);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pmsav7_and_pmsav6_have_tex_s_c_and_b),
        cmocka_unit_test(pmsav8_has_an_index_and_shareability),
        cmocka_unit_test(what_is_said_of_dma_memory_counts),
        cmocka_unit_test(pmp_knows_no_caches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
