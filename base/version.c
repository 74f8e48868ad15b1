#include "base/version.h"

#include "base/checked.h"

enum { RADIX = 10 };

/* ---- versions ---- */

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Reads a number at *text and moves *text behind it. */
static bool parse_number(const char **text, uint64_t *ret)
{
    const char *at = *text;
    uint64_t value = 0;
    if (!is_digit(*at) || (at[0] == '0' && is_digit(at[1])))
        return false;
    for (; is_digit(*at); at++) {
        if (!checked_multiply(value, RADIX, &value) ||
            !checked_add(value, (uint64_t)(*at - '0'), &value))
            return false;
    }
    *text = at;
    *ret = value;
    return true;
}

bool version_parse(const char **text, struct version *ret)
{
    struct version version;
    const char *at = *text;
    for (int i = 0; i < 3; i++) {
        if (i > 0 && *at++ != '.')
            return false;
        if (!parse_number(&at, &version.parts[i]))
            return false;
    }
    *text = at;
    *ret = version;
    return true;
}

bool version_read(const char *text, struct version *ret)
{
    struct version version;
    if (!version_parse(&text, &version) || *text != '\0')
        return false;
    *ret = version;
    return true;
}

int version_compare(const struct version *a, const struct version *b)
{
    for (int i = 0; i < 3; i++) {
        if (a->parts[i] != b->parts[i])
            return a->parts[i] < b->parts[i] ? -1 : 1;
    }
    return 0;
}

/* ---- requirements ---- */

/* A comparison by the orders that it allows. */
struct comparison {
    bool less, equal, greater;
    struct version version;
};

/* Reads one of >= > <= < = at *text and moves *text behind it. */
static bool parse_operator(const char **text, struct comparison *ret)
{
    const char *at = *text;
    struct comparison comparison = {.less = *at == '<', .greater = *at == '>'};
    if (comparison.less || comparison.greater)
        at++;
    comparison.equal = *at == '=';
    if (comparison.equal)
        at++;
    if (at == *text)
        return false;
    *text = at;
    *ret = comparison;
    return true;
}

/* Reads the comparison at *text and moves *text behind it and the spaces that follow; false when
 * there is none, or the text ends with a space. */
static bool parse_comparison(const char **text, struct comparison *ret)
{
    const char *at = *text;
    if (!parse_operator(&at, ret) || !version_parse(&at, &ret->version))
        return false;
    if (*at != '\0' && *at != ' ')
        return false;
    const bool has_more = *at == ' ';
    while (*at == ' ')
        at++;
    *text = at;
    return !has_more || *at != '\0';
}

bool version_requirement_is_valid(const char *text)
{
    struct comparison comparison;
    do {
        if (!parse_comparison(&text, &comparison))
            return false;
    } while (*text != '\0');
    return true;
}

bool version_fulfils(const struct version *version, const char *requirement)
{
    while (*requirement != '\0') {
        struct comparison comparison;
        if (!parse_comparison(&requirement, &comparison))
            return false;
        const int order = version_compare(version, &comparison.version);
        if (order < 0 ? !comparison.less : order > 0 ? !comparison.greater : !comparison.equal)
            return false;
    }
    return true;
}

bool version_host_is_valid(const char *name)
{
    if (!(name[0] >= 'a' && name[0] <= 'z') && !is_digit(name[0]))
        return false;
    for (; *name != '\0'; name++) {
        const bool is_letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');
        if (!is_letter && !is_digit(*name) && *name != '.' && *name != '_' && *name != '-')
            return false;
    }
    return true;
}

/* Versions from least to most, both included. */
struct version_range {
    struct version least, most;
};

/* The version after one, false after the last: parts count up to those of `most`. */
static bool step_up(struct version *version, const struct version *most)
{
    for (size_t i = 3; i > 0; i--) {
        if (version->parts[i - 1] < most->parts[i - 1]) {
            version->parts[i - 1]++;
            return true;
        }
        version->parts[i - 1] = 0;
    }
    return false;
}

static bool step_down(struct version *version, const struct version *most)
{
    for (size_t i = 3; i > 0; i--) {
        if (version->parts[i - 1] > 0) {
            version->parts[i - 1]--;
            return true;
        }
        version->parts[i - 1] = most->parts[i - 1];
    }
    return false;
}

/* Takes away what the comparison does not allow; false when nothing may be left. */
static bool narrow(struct version_range *range, const struct comparison *comparison,
                   const struct version *most)
{
    struct version least = comparison->version;
    struct version last = comparison->version;
    if (!comparison->equal && comparison->greater && !step_up(&least, most))
        return false;
    if (!comparison->equal && comparison->less && !step_down(&last, most))
        return false;
    if (!comparison->less && version_compare(&range->least, &least) < 0)
        range->least = least;
    if (!comparison->greater && version_compare(&range->most, &last) > 0)
        range->most = last;
    return version_compare(&range->least, &range->most) <= 0;
}

static bool is_beyond(const struct version *version, const struct version *most)
{
    return version->parts[0] > most->parts[0] || version->parts[1] > most->parts[1] ||
           version->parts[2] > most->parts[2];
}

enum version_requirement_flaw version_requirement_flaw(const char *requirement,
                                                       const struct version *most)
{
    enum version_requirement_flaw flaw = VERSION_REQUIREMENT_FINE;
    struct version_range range = {.most = *most};
    struct comparison comparison;
    while (*requirement != '\0' && parse_comparison(&requirement, &comparison)) {
        if (is_beyond(&comparison.version, most))
            return VERSION_REQUIREMENT_BEYOND;
        if (flaw == VERSION_REQUIREMENT_FINE && !narrow(&range, &comparison, most))
            flaw = VERSION_REQUIREMENT_NEVER;
    }
    return flaw;
}
