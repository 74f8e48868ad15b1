/* Names of C++ and Rust, and names that are neither. */
#include "linker/debug/demangle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void out_of_memory(void)
{
    abort();
}

static void test_names(void **state)
{
    static const struct {
        const char *name, *readable;
    } cases[] = {
        {"main", "main"},
        {"_start", "_start"},
        {"_Z", "_Z"},
        {"", ""},
        {"_ZN3net6handleEi", "net::handle(int)"},
        {"_ZN3net6packetIhE6handleEj", "net::packet<unsigned char>::handle(unsigned int)"},
        {"_ZN4core9panicking5panic17h0123456789abcdefE", "core::panicking::panic"},
        {"_ZN53_$LT$net..Packet$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE",
         "<net::Packet as core::ops::drop::Drop>::drop"},
        {"_RNvCs1234_7mycrate3foo", "mycrate::foo"},
        {"_RNvNtCs1234_3net6packet6handle", "net::packet::handle"},
        {"_RINvNtC3std3mem8align_ofdE", "std::mem::align_of::<f64>"},
    };
    struct arena *arena = arena_create(out_of_memory);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(demangle(cases[i].name, arena), cases[i].readable);
    arena_destroy(arena);
    (void)state;
}

/* Each S_ stands for all before it: a name of a few hundred bytes for one of millions. */
static void test_names_that_grow(void **state)
{
    struct arena *arena = arena_create(out_of_memory);
    char name[2000] = "_Z1fI1aE";
    size_t at = strlen("_Z1f");
    for (unsigned i = 0; i < 60; i++) {
        memcpy(name + at, "I1a", 3);
        at += 3;
    }
    memcpy(name + at, "E", 2);
    assert_string_equal(demangle(name, arena), name);
    char doubling[] = "_Z1f1aIS_S_EIS0_S0_EIS1_S1_EIS2_S2_EIS3_S3_EIS4_S4_EIS5_S5_EIS6_S6_EIS7_S7_E"
                      "IS8_S8_EIS9_S9_EISA_SA_EISB_SB_EISC_SC_EISD_SD_EISE_SE_EISF_SF_EISG_SG_E"
                      "ISH_SH_EISI_SI_EISJ_SJ_EISK_SK_EISL_SL_EISM_SM_EISN_SN_EISO_SO_EISP_SP_E";
    assert_string_equal(demangle(doubling, arena), doubling);
    memset(name, 'P', sizeof name);
    memcpy(name, "_Z1f", 4);
    name[sizeof name - 1] = '\0';
    assert_string_equal(demangle(name, arena), name);
    char *huge = arena_alloc(arena, DEMANGLE_INPUT_BYTES_MOST + 100, 1);
    memset(huge, '1', DEMANGLE_INPUT_BYTES_MOST + 50);
    memcpy(huge, "_ZN", 3);
    assert_ptr_equal(demangle(huge, arena), huge);
    arena_destroy(arena);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_that_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
