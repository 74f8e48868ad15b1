#include "linker/elf/build_attributes.h"

#include <string.h>

/* A section, numbers little-endian:
 *
 *     section:    'A' subsection…
 *     subsection: u32 LENGTH, VENDOR NUL, scope…     LENGTH counts itself
 *     scope:      uleb KIND, u32 LENGTH, attribute…  LENGTH counts KIND and itself
 *     attribute:  uleb TAG, uleb NUMBER | TEXT NUL | uleb NUMBER, TEXT NUL
 *
 * KIND 1 is the whole file; 2 and 3, sections and symbols, are not in use any more. */

enum { SCOPE_FILE = 1 };

/* Tags of Arm that do not follow the rule of odd and even. */
enum { ARM_CPU_RAW_NAME = 4, ARM_CPU_NAME = 5, ARM_COMPATIBILITY = 32 };

static void skip(struct span *rest, size_t bytes)
{
    *rest = (struct span){rest->data + bytes, rest->bytes - bytes};
}

static bool take_uleb(struct span *rest, uint64_t *ret)
{
    uint64_t value = 0;
    for (size_t i = 0; i < rest->bytes && i < 9; i++) {
        value |= (uint64_t)(rest->data[i] & 0x7f) << (7 * i);
        if ((rest->data[i] & 0x80) == 0) {
            skip(rest, i + 1);
            *ret = value;
            return true;
        }
    }
    return false;
}

static bool take_text(struct span *rest, const char **ret)
{
    const uint8_t *stop = rest->bytes == 0 ? NULL : memchr(rest->data, '\0', rest->bytes);
    if (stop == NULL)
        return false;
    *ret = (const char *)rest->data;
    skip(rest, (size_t)(stop - rest->data) + 1);
    return true;
}

/* What a length that counts the `before` bytes in front of it and itself leaves. */
static bool take_part(struct span *rest, size_t before, struct span *ret)
{
    if (rest->bytes < 4)
        return false;
    const uint64_t length = span_u32(*rest, 0);
    const uint64_t head = before + 4;
    if (length < head || !span_part(*rest, 4, length - head, ret))
        return false;
    skip(rest, 4 + ret->bytes);
    return true;
}

static bool find_file_scope(struct span scopes, struct span *ret)
{
    uint64_t kind;
    const size_t whole = scopes.bytes;
    size_t start = whole;
    while (take_uleb(&scopes, &kind)) {
        struct span part;
        if (!take_part(&scopes, start - scopes.bytes, &part))
            return false;
        if (kind == SCOPE_FILE) {
            *ret = part;
            return true;
        }
        start = scopes.bytes;
    }
    return false;
}

bool build_attributes_open(struct span section, enum build_attributes_vendor vendor,
                           struct build_attributes *ret)
{
    const char *wanted = vendor == BUILD_ATTRIBUTES_ARM ? "aeabi" : "riscv";
    struct span rest = section;
    if (rest.bytes == 0 || rest.data[0] != 'A')
        return false;
    skip(&rest, 1);
    struct span subsection;
    while (take_part(&rest, 0, &subsection)) {
        const char *name;
        struct span scope;
        if (!take_text(&subsection, &name))
            return false;
        if (strcmp(name, wanted) == 0 && find_file_scope(subsection, &scope)) {
            *ret = (struct build_attributes){vendor, scope};
            return true;
        }
    }
    return false;
}

static bool is_text(enum build_attributes_vendor vendor, uint64_t tag)
{
    if (vendor == BUILD_ATTRIBUTES_ARM && tag < ARM_COMPATIBILITY)
        return tag == ARM_CPU_RAW_NAME || tag == ARM_CPU_NAME;
    return tag % 2 == 1;
}

bool build_attributes_next(struct build_attributes *attributes, struct build_attribute *ret)
{
    struct build_attribute found = {0};
    struct span *rest = &attributes->rest;
    const enum build_attributes_vendor vendor = attributes->vendor;
    if (!take_uleb(rest, &found.tag))
        return false;
    const bool has_both = vendor == BUILD_ATTRIBUTES_ARM && found.tag == ARM_COMPATIBILITY;
    const bool has_text = has_both || is_text(vendor, found.tag);
    if ((has_both || !has_text) && !take_uleb(rest, &found.number))
        return false;
    if (has_text && !take_text(rest, &found.text))
        return false;
    *ret = found;
    return true;
}
