#include "cli/archive/check_forms.h"

#include "cli/build/image_files.h"
#include "cli/signing/image_mcuboot.h"
#include "linker/image/image_format.h"
#include "linker/image/image_format_uf2.h"
#include "sign/archive/intact.h"
#include "sign/archive/sums.h"

#include <string.h>

#define BIN_NAME "image/image.bin"

static bool differs(const struct checking *checking, const char *name, uint64_t at)
{
    return diag_error(checking->diags, "image-form", checking_pos(checking, name),
                      "does not hold the bytes of " CHECKED_IMAGE
                      ": the first difference is at offset %llu",
                      (unsigned long long)at);
}

static size_t common_bytes(struct span a, struct span b)
{
    const size_t most = a.bytes < b.bytes ? a.bytes : b.bytes;
    size_t i = 0;
    while (i < most && a.data[i] == b.data[i])
        i++;
    return i;
}

static bool compare_forms(const struct checking *checking, const char *name, struct span found,
                          struct span expected)
{
    return span_equal(found, expected) || differs(checking, name, common_bytes(found, expected));
}

/* ---- image.bin: the parts, with 0xff between them ---- */

static bool compare_hole(const struct checking *checking, struct span bin, size_t from, size_t to)
{
    while (from < to && bin.data[from] == 0xff)
        from++;
    return from == to || differs(checking, BIN_NAME, from);
}

static bool compare_bin(const struct checking *checking, struct span bin)
{
    const struct image *image = &checking->image;
    size_t at = 0;
    if (bin.bytes != image->end - image->base)
        return diag_error(checking->diags, "image-form", checking_pos(checking, BIN_NAME),
                          "it has %zu bytes, but the image has %llu", bin.bytes,
                          (unsigned long long)(image->end - image->base));
    for (size_t i = 0; i < image->part_count; i++) {
        const struct image_part *part = &image->parts[i];
        if (part->addr < image->base || part->addr >= image->end)
            continue;
        const size_t start = (size_t)(part->addr - image->base);
        const struct span expected = {part->data, part->bytes};
        const struct span found = {bin.data + start, part->bytes};
        if (!compare_hole(checking, bin, at, start))
            return false;
        if (!span_equal(found, expected))
            return differs(checking, BIN_NAME, start + common_bytes(found, expected));
        at = start + part->bytes;
    }
    return true; /* the image ends with a part */
}

/* The archive is intact, so the digest is in SHA256SUMS and need not be computed again. */
static bool find_digest(const struct checking *checking, struct digest *ret)
{
    struct span text;
    struct sums sums;
    if (!checking_member(checking, ARCHIVE_SUMS_NAME, &text) ||
        !sums_parse(text, checking_pos(checking, ARCHIVE_SUMS_NAME), checking->arena, &sums,
                    checking->diags))
        return false;
    for (size_t i = 0; i < sums.line_count; i++) {
        if (strcmp(sums.lines[i].name, BIN_NAME) != 0)
            continue;
        *ret = sums.lines[i].digest;
        return true;
    }
    return diag_error(checking->diags, "sums-missing", checking_pos(checking, ARCHIVE_SUMS_NAME),
                      "missing line for " BIN_NAME);
}

static bool check_digest(const struct checking *checking)
{
    struct digest digest;
    if (!find_digest(checking, &digest))
        return false;
    return digest_equal(&digest, &checking->about.image_digest) ||
           diag_error(checking->diags, "image-digest", checking_pos(checking, BIN_NAME),
                      "its digest differs from image_sha256 in archive.json");
}

/* ---- formats that follow from the image alone ---- */

static bool check_hex(struct checking *checking, const char *name, struct span found)
{
    return compare_forms(checking, name, found,
                         image_format_hex(checking->arena, &checking->image));
}

static bool check_srec(struct checking *checking, const char *name, struct span found)
{
    return compare_forms(checking, name, found,
                         image_format_srec(checking->arena, &checking->image, IMAGE_SREC_NAME));
}

/* The family is a property of the chip, and nothing else in the archive gives it: it is taken from
 * the file's first block, and must be the same in all. */
static bool check_uf2(struct checking *checking, const char *name, struct span found)
{
    const uint32_t family = image_format_uf2_family(found);
    return compare_forms(checking, name, found,
                         image_format_uf2(checking->arena, &checking->image, family));
}

/* ---- MCUboot ---- */

static bool mcuboot_differs(const struct checking *checking, const char *name, const char *what)
{
    return diag_error(checking->diags, "image-form", checking_pos(checking, name),
                      "its %s differs from the image's", what);
}

static bool check_mcuboot_signature(struct checking *checking, const char *name, struct span found,
                                    const struct mcuboot_image *inside)
{
    if (!mcuboot_verify(found, inside, checking->image_key, checking_pos(checking, name),
                        checking->diags))
        return false;
    checking->mcuboot.state = ARCHIVE_MCUBOOT_GOOD;
    return true;
}

/* Without a key its signature is left to the boot loader to check. */
static bool check_mcuboot(struct checking *checking, const char *name, struct span found)
{
    const struct compat *about = &checking->about.compat;
    const struct image *image = &checking->image;
    struct mcuboot_image inside;
    struct span bin;
    bool is_signed;
    if (!checking_member(checking, BIN_NAME, &bin) ||
        !mcuboot_read(found, checking_pos(checking, name), checking->arena, &inside, &is_signed,
                      checking->diags))
        return false;
    if (!span_equal(inside.body, bin))
        return mcuboot_differs(checking, name, "body");
    if (inside.major != about->version.parts[0] || inside.minor != about->version.parts[1] ||
        inside.patch != about->version.parts[2])
        return mcuboot_differs(checking, name, "version");
    if (inside.security_counter != about->epoch)
        return mcuboot_differs(checking, name, "security counter");
    if (inside.is_fixed && (uint64_t)inside.load_addr + inside.header_bytes != image->base)
        return mcuboot_differs(checking, name, "address");
    checking->mcuboot.state = is_signed ? ARCHIVE_MCUBOOT_UNCHECKED : ARCHIVE_MCUBOOT_UNSIGNED;
    if (is_signed)
        checking->mcuboot.key_hash = mcuboot_key_hash(found, &inside);
    return !is_signed || checking->image_key == NULL ||
           check_mcuboot_signature(checking, name, found, &inside);
}

/* ---- all ---- */

static bool check_others(struct checking *checking)
{
    static const struct {
        const char *name;
        bool (*check)(struct checking *checking, const char *name, struct span found);
    } forms[] = {
        {"image/image.hex", check_hex},
        {"image/" IMAGE_SREC_NAME, check_srec},
        {"image/image.uf2", check_uf2},
        {"image/" IMAGE_MCUBOOT_NAME, check_mcuboot},
    };
    bool ok = true;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct archive_member *member = archive_find(checking->archive, forms[i].name);
        if (member != NULL)
            ok = forms[i].check(checking, forms[i].name, member->content) && ok;
    }
    return ok;
}

bool check_forms(struct checking *checking)
{
    struct span bin;
    if (!checking_member(checking, BIN_NAME, &bin) || !compare_bin(checking, bin))
        return false; /* a correct image.bin bounds the length of the others */
    const bool ok = check_digest(checking);
    return check_others(checking) && ok;
}

bool check_image_signature(struct checking *checking)
{
    const char *name = "image/" IMAGE_MCUBOOT_NAME;
    struct span file;
    if (!checking_member(checking, name, &file))
        return false;
    return checking->mcuboot.state == ARCHIVE_MCUBOOT_GOOD ||
           diag_error(checking->diags, "mcuboot-unsigned", checking_pos(checking, name),
                      "not signed for MCUboot, but --image-public requires a signature");
}
