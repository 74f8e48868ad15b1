/* Numbers as they are written in manifests. */
#ifndef MANIFESTS_YAML_NUMBER_H
#define MANIFESTS_YAML_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

enum number_result {
    NUMBER_GOOD,
    NUMBER_NOT_ONE,      /* other characters, a sign, nothing */
    NUMBER_LEADING_ZERO, /* 010: octal to some readers, so refused */
    NUMBER_SMALL_SUFFIX, /* 4k, 1m */
    NUMBER_TOO_LARGE
};

/* Grammar: ("0x" HEX+ | "0" | [1-9][0-9]*) ("K" | "M")?, K being 1024 and M 1024 * 1024. */
enum number_result number_parse(const char *text, uint64_t *ret);

#endif
