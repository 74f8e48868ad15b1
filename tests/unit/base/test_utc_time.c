/* Points in time, compared with those of the C library. */
#include "base/utc_time.h"

#include "tests/unit/base/fixture.h"

#include <time.h>

static void test_known_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } known[] = {
        {"1970-01-01", 0},
        {"1970-01-01T00:00:01Z", 1},
        {"2000-02-29", 951782400},
        {"2023-11-14T22:13:20Z", 1700000000},
        {"@1700000000", 1700000000},
        {"@0", 0},
        {"9999-12-31T23:59:59Z", 253402300799},
        {"@253402300799", 253402300799},
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        int64_t seconds = -1;
        assert_true(utc_time_parse(known[i].text, &seconds));
        assert_true(seconds == known[i].seconds);
    }
}

static void test_any_day_is_that_of_the_library(void **state)
{
    struct fixture *fixture = *state;
    for (int64_t at = 4711; at < INT64_C(253402300800); at += INT64_C(86400) * 97 + 12345) {
        const time_t time = (time_t)at;
        struct tm parts;
        char text[32];
        int64_t back = -1;
        assert_non_null(gmtime_r(&time, &parts));
        assert_true(strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0);
        assert_string_equal(utc_time_text(at, fixture->arena), text);
        assert_true(utc_time_parse(text, &back));
        assert_true(back == at);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "now",
        "2026",
        "2026-1-31",
        "2026-01-32",
        "2026-02-29",
        "2100-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "1969-12-31",
        "10000-01-01",
        "@",
        "@-1",
        "@1.5",
        "@0x10",
        "1700000000",
        "@253402300800",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00:00+01:00",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:60:00Z",
        "2026-01-31T12:00:60Z",
        "2026-01-31 12:00:00Z",
        "2026-01-31T12:00Z",
        "2026-01-31T12:00:00.5Z",
        "2026-01-31T12:00:00Z ",
        "2026-01-31T",
        "@99999999999999999999999",
        "2026-01-31t12:00:00z",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        int64_t seconds = 77;
        if (utc_time_parse(bad[i], &seconds) || seconds != 77)
            fail_msg("'%s' was taken for a time", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_known_times),
        TEST(test_any_day_is_that_of_the_library),
        TEST(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
