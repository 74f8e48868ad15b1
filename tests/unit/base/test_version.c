/* Versions and requirements. */
#include "base/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_versions(void **state)
{
    (void)state;
    const char *text = "1.20.300 rest";
    struct version version = {{9, 9, 9}};
    assert_true(version_parse(&text, &version));
    assert_string_equal(text, " rest");
    assert_int_equal(version.parts[0], 1);
    assert_int_equal(version.parts[1], 20);
    assert_int_equal(version.parts[2], 300);
    assert_false(version_read("1.20.300 rest", &version));
    assert_true(version_read("0.0.18446744073709551615", &version));
    assert_true(version.parts[2] == UINT64_MAX);
}

static void test_bad_versions(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",       "1",      "1.2",     "1.2.",   ".1.2.3",  "1..3",    "01.2.3",
        "1.02.3", "1.2.00", "+1.2.3",  "-1.2.3", " 1.2.3",  "1.2.3.4", "1.2.3-rc1",
        "v1.2.3", "1,2,3",  "1.2.3\n", "1.2.x",  "0x1.2.3", "1. 2.3",  "1.2.18446744073709551616",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct version version = {{9, 9, 9}};
        if (version_read(bad[i], &version))
            fail_msg("'%s' was taken for a version", bad[i]);
        assert_int_equal(version.parts[0], 9);
    }
}

static void test_order(void **state)
{
    (void)state;
    static const char *const ascending[] = {"0.0.0", "0.0.1", "0.1.0", "0.1.10",
                                            "0.2.0", "1.0.0", "2.0.0", "10.0.0"};
    for (size_t i = 0; i < COUNT(ascending); i++) {
        for (size_t k = 0; k < COUNT(ascending); k++) {
            struct version a;
            struct version b;
            assert_true(version_read(ascending[i], &a) && version_read(ascending[k], &b));
            const int order = version_compare(&a, &b);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

static void test_requirements(void **state)
{
    (void)state;
    static const struct {
        const char *requirement, *version;
        bool holds;
    } cases[] = {
        {">=3.1.0", "3.1.0", true},
        {">=3.1.0", "3.0.9", false},
        {">=3.1.0", "10.0.0", true},
        {">3.1.0", "3.1.0", false},
        {">3.1.0", "3.1.1", true},
        {"<=3.1.0", "3.1.0", true},
        {"<=3.1.0", "3.1.1", false},
        {"<3.1.0", "3.1.0", false},
        {"<3.1.0", "3.0.99", true},
        {"=3.1.0", "3.1.0", true},
        {"=3.1.0", "3.1.1", false},
        {"=3.1.0", "3.0.0", false},
        {">=3.1.0 <4.0.0", "3.9.9", true},
        {">=3.1.0 <4.0.0", "4.0.0", false},
        {">=3.1.0 <4.0.0", "3.0.0", false},
        {">=3.1.0   <4.0.0", "4.0.0", false},
        {">1.0.0 >2.0.0 >3.0.0", "2.5.0", false},
        {">2.0.0 <1.0.0", "1.5.0", false},
        {">=1.0.0 <=1.0.0 =1.0.0", "1.0.0", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct version version;
        assert_true(version_read(cases[i].version, &version));
        assert_true(version_requirement_is_valid(cases[i].requirement));
        if (version_fulfils(&version, cases[i].requirement) != cases[i].holds)
            fail_msg("%s and %s", cases[i].version, cases[i].requirement);
    }
}

static void test_flaws(void **state)
{
    (void)state;
    static const struct version most = {{255, 255, 65535}};
    static const struct {
        const char *requirement;
        enum version_requirement_flaw flaw;
    } cases[] = {
        {">=3.1.0", VERSION_REQUIREMENT_FINE},
        {"=3.1.0 >=3.1.0 <=3.1.0", VERSION_REQUIREMENT_FINE},
        {">1.2.3 <1.2.5", VERSION_REQUIREMENT_FINE},
        {">1.2.3 <1.2.4", VERSION_REQUIREMENT_NEVER},
        {">1.2.65535 <1.3.1", VERSION_REQUIREMENT_FINE},
        {">1.2.65535 <1.3.0", VERSION_REQUIREMENT_NEVER},
        {">1.255.65535 <2.0.0", VERSION_REQUIREMENT_NEVER},
        {">=1.255.65535 <2.0.0", VERSION_REQUIREMENT_FINE},
        {"=1.2.3 =1.2.4", VERSION_REQUIREMENT_NEVER},
        {">2.0.0 <1.0.0", VERSION_REQUIREMENT_NEVER},
        {"<1.0.0 >2.0.0", VERSION_REQUIREMENT_NEVER},
        {"<0.0.0", VERSION_REQUIREMENT_NEVER},
        {"<=0.0.0", VERSION_REQUIREMENT_FINE},
        {"<0.0.1", VERSION_REQUIREMENT_FINE},
        {">255.255.65535", VERSION_REQUIREMENT_NEVER},
        {">=255.255.65535", VERSION_REQUIREMENT_FINE},
        {">=256.0.0", VERSION_REQUIREMENT_BEYOND},
        {"<0.256.0", VERSION_REQUIREMENT_BEYOND},
        {"=1.2.65536", VERSION_REQUIREMENT_BEYOND},
        {">2.0.0 <1.0.0 <1.0.70000", VERSION_REQUIREMENT_BEYOND},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (version_requirement_flaw(cases[i].requirement, &most) != cases[i].flaw)
            fail_msg("%s", cases[i].requirement);
    }
    static const struct version any = {{UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    assert_int_equal(version_requirement_flaw(">=5.0.70000", &any), VERSION_REQUIREMENT_FINE);
    assert_int_equal(version_requirement_flaw(">1.2.3 <1.2.4", &any), VERSION_REQUIREMENT_NEVER);
}

/* Against every version that there is, where there are few. */
static void test_flaws_of_all(void **state)
{
    (void)state;
    static const struct version most = {{1, 2, 2}};
    static const char *const operators[] = {">=", ">", "<=", "<", "="};
    enum { VERSIONS = 2 * 3 * 3, COMPARISONS = 5 * VERSIONS };
    for (unsigned pair = 0; pair < COMPARISONS * COMPARISONS; pair++) {
        char text[64];
        const unsigned one = pair / COMPARISONS, other = pair % COMPARISONS;
        snprintf(text, sizeof text, "%s%u.%u.%u %s%u.%u.%u", operators[one % 5], one / 5 / 9,
                 one / 5 / 3 % 3, one / 5 % 3, operators[other % 5], other / 5 / 9,
                 other / 5 / 3 % 3, other / 5 % 3);
        bool holds = false;
        for (unsigned i = 0; i < VERSIONS; i++) {
            const struct version version = {{i / 9, i / 3 % 3, i % 3}};
            holds = holds || version_fulfils(&version, text);
        }
        if (version_requirement_flaw(text, &most) !=
            (holds ? VERSION_REQUIREMENT_FINE : VERSION_REQUIREMENT_NEVER))
            fail_msg("%s", text);
    }
}

static void test_bad_requirements(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "3.1.0",
        ">=",
        ">=3.1",
        ">= 3.1.0",
        "=>3.1.0",
        "==3.1.0",
        ">=3.1.0 ",
        " >=3.1.0",
        ">=3.1.0,<4.0.0",
        ">=3.1.0<4.0.0",
        "~3.1.0",
        ">=3.1.0\t<4.0.0",
        "<>3.1.0",
        ">=3.1.0 4.0.0",
        "!=1.0.0",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (version_requirement_is_valid(bad[i]))
            fail_msg("'%s' was taken for a requirement", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_bad_versions),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_requirements),
        cmocka_unit_test(test_flaws),
        cmocka_unit_test(test_flaws_of_all),
        cmocka_unit_test(test_bad_requirements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
