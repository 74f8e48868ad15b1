/* Loads and stores as the assembler encodes them; what the words mean was taken from its listing.
 */
#include "linker/debug/thumb_access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct thumb_registers registers_known(void)
{
    struct thumb_registers registers = {.known = 0xffff};
    for (uint32_t i = 0; i < 16; i++)
        registers.values[i] = 0x1000 * (i + 1);
    return registers; /* r0 is 0x1000, r1 0x2000, …, sp 0xe000, pc 0x10000 */
}

static struct thumb_access decode(uint16_t first, uint16_t second,
                                  const struct thumb_registers *registers)
{
    const uint8_t code[] = {(uint8_t)first, (uint8_t)(first >> 8), (uint8_t)second,
                            (uint8_t)(second >> 8)};
    return thumb_access_decode((struct span){code, sizeof code}, registers);
}

struct expected {
    uint16_t first, second;
    enum thumb_access_kind kind;
    uint32_t bytes, unit_bytes, addr;
};

static const struct expected loads_and_stores[] = {
    {0x4902, 0, THUMB_READ, 4, 4, 0x1000c},       /* ldr r1, [pc, #8] */
    {0x5088, 0, THUMB_WRITE, 4, 4, 0x5000},       /* str r0, [r1, r2] */
    {0x5288, 0, THUMB_WRITE, 2, 2, 0x5000},       /* strh r0, [r1, r2] */
    {0x5488, 0, THUMB_WRITE, 1, 1, 0x5000},       /* strb r0, [r1, r2] */
    {0x5688, 0, THUMB_READ, 1, 1, 0x5000},        /* ldrsb r0, [r1, r2] */
    {0x5e88, 0, THUMB_READ, 2, 2, 0x5000},        /* ldrsh r0, [r1, r2] */
    {0x6048, 0, THUMB_WRITE, 4, 4, 0x2004},       /* str r0, [r1, #4] */
    {0x6848, 0, THUMB_READ, 4, 4, 0x2004},        /* ldr r0, [r1, #4] */
    {0x7048, 0, THUMB_WRITE, 1, 1, 0x2001},       /* strb r0, [r1, #1] */
    {0x7848, 0, THUMB_READ, 1, 1, 0x2001},        /* ldrb r0, [r1, #1] */
    {0x8048, 0, THUMB_WRITE, 2, 2, 0x2002},       /* strh r0, [r1, #2] */
    {0x8848, 0, THUMB_READ, 2, 2, 0x2002},        /* ldrh r0, [r1, #2] */
    {0x9001, 0, THUMB_WRITE, 4, 4, 0xe004},       /* str r0, [sp, #4] */
    {0x9801, 0, THUMB_READ, 4, 4, 0xe004},        /* ldr r0, [sp, #4] */
    {0xb503, 0, THUMB_WRITE, 12, 4, 0xdff4},      /* push {r0, r1, lr} */
    {0xbd03, 0, THUMB_READ, 12, 4, 0xe000},       /* pop {r0, r1, pc} */
    {0xc106, 0, THUMB_WRITE, 8, 4, 0x2000},       /* stmia r1!, {r1, r2} */
    {0xc90c, 0, THUMB_READ, 8, 4, 0x2000},        /* ldmia r1!, {r2, r3} */
    {0xe92d, 0x01ff, THUMB_WRITE, 36, 4, 0xdfdc}, /* push.w {r0-r8} */
    {0xe894, 0x000c, THUMB_READ, 8, 4, 0x5000},   /* ldmia.w r4, {r2, r3} */
    {0xe9d1, 0x2302, THUMB_READ, 8, 4, 0x2008},   /* ldrd r2, r3, [r1, #8] */
    {0xe941, 0x2302, THUMB_WRITE, 8, 4, 0x1ff8},  /* strd r2, r3, [r1, #-8] */
    {0xe8e1, 0x2302, THUMB_WRITE, 8, 4, 0x2000},  /* strd r2, r3, [r1], #8 */
    {0xe851, 0x0f02, THUMB_READ, 4, 4, 0x2008},   /* ldrex r0, [r1, #8] */
    {0xe8d1, 0x0f4f, THUMB_READ, 1, 1, 0x2000},   /* ldrexb r0, [r1] */
    {0xe8d1, 0xf002, THUMB_READ, 1, 1, 0x5000},   /* tbb [r1, r2] */
    {0xe8d1, 0xf012, THUMB_READ, 2, 2, 0x8000},   /* tbh [r1, r2, lsl #1] */
    {0xf8d1, 0x0ffc, THUMB_READ, 4, 4, 0x2ffc},   /* ldr.w r0, [r1, #4092] */
    {0xf8c1, 0x0ffc, THUMB_WRITE, 4, 4, 0x2ffc},  /* str.w r0, [r1, #4092] */
    {0xf851, 0x0c04, THUMB_READ, 4, 4, 0x1ffc},   /* ldr.w r0, [r1, #-4] */
    {0xf851, 0x0b04, THUMB_READ, 4, 4, 0x2000},   /* ldr.w r0, [r1], #4 */
    {0xf841, 0x0d04, THUMB_WRITE, 4, 4, 0x1ffc},  /* str.w r0, [r1, #-4]! */
    {0xf851, 0x0022, THUMB_READ, 4, 4, 0xe000},   /* ldr.w r0, [r1, r2, lsl #2] */
    {0xf991, 0x0001, THUMB_READ, 1, 1, 0x2001},   /* ldrsb.w r0, [r1, #1] */
    {0xf8df, 0x0010, THUMB_READ, 4, 4, 0x10014},  /* ldr.w r0, [pc, #16] */
    {0xed91, 0x0a02, THUMB_READ, 4, 4, 0x2008},   /* vldr s0, [r1, #8] */
    {0xed81, 0x0b02, THUMB_WRITE, 8, 4, 0x2008},  /* vstr d0, [r1, #8] */
    {0xed2d, 0x8b04, THUMB_WRITE, 16, 4, 0xdff0}, /* vpush {d8, d9} */
};

static void test_loads_and_stores(void **state)
{
    const struct thumb_registers registers = registers_known();
    for (size_t i = 0; i < sizeof loads_and_stores / sizeof *loads_and_stores; i++) {
        const struct expected *expected = &loads_and_stores[i];
        const struct thumb_access access = decode(expected->first, expected->second, &registers);
        if (access.kind != expected->kind || access.bytes != expected->bytes ||
            access.unit_bytes != expected->unit_bytes || !access.has_addr ||
            access.addr != expected->addr)
            fail_msg("%04x %04x: kind %d, %u bytes of %u at 0x%x", expected->first,
                     expected->second, (int)access.kind, access.bytes, access.unit_bytes,
                     access.addr);
    }
    (void)state;
}

static void test_other_instructions(void **state)
{
    static const uint16_t others[] = {0x4770, 0xbf00, 0x2001, 0xdf00,
                                      0xb662, 0xbe00, 0xe7fe, 0x1840};
    const struct thumb_registers registers = registers_known();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(decode(others[i], 0, &registers).kind, THUMB_NO_ACCESS);
    assert_int_equal(decode(0xf000, 0xf800, &registers).kind, THUMB_NO_ACCESS); /* bl */
    assert_int_equal(decode(0xfb91, 0xf0f2, &registers).kind, THUMB_NO_ACCESS); /* sdiv */
    (void)state;
}

static void test_what_is_not_known(void **state)
{
    struct thumb_registers registers = registers_known();
    registers.known &= ~2U; /* r1 */
    const struct thumb_access access = decode(0x6848, 0, &registers);
    assert_int_equal(access.kind, THUMB_READ);
    assert_int_equal(access.bytes, 4);
    assert_false(access.has_addr);
    const uint8_t cut[] = {0xd1, 0xf8, 0xfc};
    assert_int_equal(thumb_access_decode((struct span){cut, 3}, &registers).kind, THUMB_NO_ACCESS);
    assert_int_equal(thumb_access_decode((struct span){cut, 1}, &registers).kind, THUMB_NO_ACCESS);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loads_and_stores),
        cmocka_unit_test(test_other_instructions),
        cmocka_unit_test(test_what_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
