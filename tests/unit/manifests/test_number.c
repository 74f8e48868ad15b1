#include "fixture.h"

#include "manifests/yaml/number.h"

static void good(const char *text, uint64_t value)
{
    uint64_t parsed = 42;
    assert_int_equal(number_parse(text, &parsed), NUMBER_GOOD);
    assert_int_equal(parsed, value);
}

static void bad(const char *text, enum number_result result)
{
    uint64_t parsed = 42;
    assert_int_equal(number_parse(text, &parsed), result);
    assert_int_equal(parsed, 42);
}

static void test_numbers(void **state)
{
    (void)state;
    good("0", 0);
    good("7", 7);
    good("1000", 1000);
    good("0x0", 0);
    good("0x00ff", 255);
    good("0xDEADbeef", 0xdeadbeef);
    good("4K", 4096);
    good("0x10K", 16384);
    good("3M", 3 * 1024 * 1024);
    good("0K", 0);
    good("18446744073709551615", UINT64_MAX);
    good("0xffffffffffffffff", UINT64_MAX);
    good("17592186044415M", 17592186044415ULL << 20);
}

static void test_refused_numbers(void **state)
{
    (void)state;
    static const char *const none[] = {"",    "K",   "0x",  "0xK", "-1",       "+1",  " 1",
                                       "1 ",  "1.5", "1KB", "1KK", "1e3",      "0b1", "1_0",
                                       "0X1", "ten", "0xg", "1K ", "\xd9\xa1", "1G",  "0x1.0"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        bad(none[i], NUMBER_NOT_ONE);
    bad("010", NUMBER_LEADING_ZERO);
    bad("00", NUMBER_LEADING_ZERO);
    bad("01K", NUMBER_LEADING_ZERO);
    bad("4k", NUMBER_SMALL_SUFFIX);
    bad("4m", NUMBER_SMALL_SUFFIX);
    bad("18446744073709551616", NUMBER_TOO_LARGE);
    bad("0x10000000000000000", NUMBER_TOO_LARGE);
    bad("18014398509481984K", NUMBER_TOO_LARGE);
    bad("17592186044416M", NUMBER_TOO_LARGE);
    bad("99999999999999999999999999999999", NUMBER_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_refused_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
