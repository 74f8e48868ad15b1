#include "base/utc_time.h"

#include <string.h>

enum {
    SECONDS_A_DAY = 86400,
    FIRST_YEAR = 1970,
    LAST_YEAR = 9999,
    UNIX_DIGITS_MOST = 12, /* far beyond the year 9999, far below 2^63 */
};

#define SECONDS_END INT64_C(253402300800) /* 10000-01-01T00:00:00Z */

static bool is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

static int days_of_year(int year)
{
    return is_leap_year(year) ? 366 : 365;
}

/* ---- reading ---- */

/* Reads exactly `count` digits at *text, and moves it behind them. */
static bool take_digits(const char **text, size_t count, int64_t *ret)
{
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        const char digit = (*text)[i];
        if (digit < '0' || digit > '9')
            return false;
        value = value * 10 + (digit - '0');
    }
    *text += count;
    *ret = value;
    return true;
}

static bool take_number(const char **text, size_t count, int least, int most, int *ret)
{
    int64_t value;
    if (!take_digits(text, count, &value) || value < least || value > most)
        return false;
    *ret = (int)value;
    return true;
}

static bool take_character(const char **text, char character)
{
    if (**text != character)
        return false;
    (*text)++;
    return true;
}

static bool take_date(const char **text, int64_t *ret_days)
{
    int year;
    int month;
    int day;
    if (!take_number(text, 4, FIRST_YEAR, LAST_YEAR, &year) || !take_character(text, '-') ||
        !take_number(text, 2, 1, 12, &month) || !take_character(text, '-') ||
        !take_number(text, 2, 1, days_of_month(year, month), &day))
        return false;
    int64_t days = day - 1;
    for (int i = FIRST_YEAR; i < year; i++)
        days += days_of_year(i);
    for (int i = 1; i < month; i++)
        days += days_of_month(year, i);
    *ret_days = days;
    return true;
}

static bool take_clock(const char **text, int64_t *ret_seconds)
{
    int hour;
    int minute;
    int second;
    if (!take_character(text, 'T') || !take_number(text, 2, 0, 23, &hour) ||
        !take_character(text, ':') || !take_number(text, 2, 0, 59, &minute) ||
        !take_character(text, ':') || !take_number(text, 2, 0, 59, &second) ||
        !take_character(text, 'Z'))
        return false;
    *ret_seconds = (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    return true;
}

static bool parse_unix(const char *digits, int64_t *ret)
{
    int64_t seconds;
    const size_t count = strlen(digits);
    if (count == 0 || count > UNIX_DIGITS_MOST || !take_digits(&digits, count, &seconds) ||
        seconds >= SECONDS_END)
        return false;
    *ret = seconds;
    return true;
}

bool utc_time_parse(const char *text, int64_t *ret)
{
    int64_t days;
    int64_t seconds = 0;
    if (text[0] == '@')
        return parse_unix(text + 1, ret);
    if (!take_date(&text, &days) || (*text != '\0' && !take_clock(&text, &seconds)) ||
        *text != '\0')
        return false;
    *ret = days * SECONDS_A_DAY + seconds;
    return true;
}

/* ---- writing ---- */

const char *utc_time_text(int64_t seconds, struct arena *arena)
{
    int64_t days = seconds / SECONDS_A_DAY;
    const int clock = (int)(seconds % SECONDS_A_DAY);
    int year = FIRST_YEAR;
    for (; days >= days_of_year(year); year++)
        days -= days_of_year(year);
    int month = 1;
    for (; days >= days_of_month(year, month); month++)
        days -= days_of_month(year, month);
    return arena_format(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, (int)days + 1,
                        clock / 3600, clock / 60 % 60, clock % 60);
}
