#include "cli/archive/archive_check.h"

#include "cli/archive/check_forms.h"
#include "cli/archive/check_programs.h"
#include "cli/archive/check_tables.h"
#include "cli/archive/checking.h"
#include "cli/image/image_identity.h"
#include "cli/plan/layout_read.h"
#include "sign/image/info_block.h"

#include <string.h>

/* ---- archive.json and image.elf ---- */

static bool check_about(struct checking *checking)
{
    struct span json = {NULL, 0};
    return checking_member(checking, "archive.json", &json) &&
           archive_about_read(json, checking_pos(checking, "archive.json"), checking->arena,
                              &checking->about, checking->diags);
}

/* A loader may use the segments of image.elf, or its sections and symbols: all of them must follow
 * from the parts that were read. */
static bool check_image_form(const struct checking *checking, struct span elf)
{
    const struct span again = image_elf(checking->arena, &checking->image);
    size_t same = 0;
    if (span_equal(elf, again))
        return true;
    while (same < elf.bytes && same < again.bytes && elf.data[same] == again.data[same])
        same++;
    return diag_error(checking->diags, "image-elf", checking_pos(checking, IMAGE_ELF_MEMBER),
                      "differs at offset %zu from what imgbuild writes", same);
}

static bool check_image(struct checking *checking)
{
    struct span elf = {NULL, 0};
    return checking_member(checking, IMAGE_ELF_MEMBER, &elf) &&
           image_read(checking->arena, elf, checking_pos(checking, IMAGE_ELF_MEMBER).file,
                      &checking->image, checking->diags) &&
           check_image_form(checking, elf);
}

/* ---- the header ---- */

static struct span loaded_from(const void *image, uint64_t addr)
{
    return image_bytes_from(image, addr);
}

static bool check_text(const struct checking *checking, const char *what, const char *in_header,
                       const char *in_json)
{
    return strcmp(in_header, in_json) == 0 ||
           diag_error(checking->diags, "header-about", checking_pos(checking, IMAGE_ELF_MEMBER),
                      "the %s is '%s' in the header, but '%s' in archive.json", what, in_header,
                      in_json);
}

static bool check_header_texts(const struct checking *checking)
{
    const struct tables_read *tables = &checking->tables;
    const struct archive_about *about = &checking->about;
    bool ok = check_text(checking, "name", tables->name, about->name);
    ok = check_text(checking, "board", tables->board, about->compat.board) && ok;
    ok = check_text(checking, "slot", tables->slot, about->compat.slot) && ok;
    const char *version = arena_format(checking->arena, "%lu.%lu.%lu", (unsigned long)tables->major,
                                       (unsigned long)tables->minor, (unsigned long)tables->patch);
    ok = check_text(checking, "version", version, about->version) && ok;
    const char *epoch = arena_format(checking->arena, "%lu", (unsigned long)tables->epoch);
    return check_text(
               checking, "epoch", epoch,
               arena_format(checking->arena, "%llu", (unsigned long long)about->compat.epoch)) &&
           ok;
}

static bool check_bounds(struct checking *checking)
{
    const struct source_pos pos = checking_pos(checking, IMAGE_ELF_MEMBER);
    const struct tables_read *tables = &checking->tables;
    const struct image *image = &checking->image;
    if (tables->image_base != image->base || tables->image_bytes != image->end - image->base)
        return diag_error(checking->diags, "header-bounds", pos,
                          "the header says the image is at 0x%08llx with %llu bytes, but it is at "
                          "0x%08llx with %llu bytes",
                          (unsigned long long)tables->image_base,
                          (unsigned long long)tables->image_bytes, (unsigned long long)image->base,
                          (unsigned long long)(image->end - image->base));
    if (tables->info_addr == 0)
        return true;
    if (tables->info_addr < image->base || tables->info_addr >= image->end)
        return diag_error(checking->diags, "header-info", pos,
                          "the header's info block at 0x%08llx lies outside the image",
                          (unsigned long long)tables->info_addr);
    checking->info = (struct layout_range){tables->info_addr, image->end};
    return true;
}

static bool check_header(struct checking *checking)
{
    const struct source_pos pos = checking_pos(checking, IMAGE_ELF_MEMBER);
    const struct image *image = &checking->image;
    if (!image->has_header)
        return diag_error(checking->diags, "header-place", pos, "missing symbol imgbuild_image");
    if (image->header_addr != checking->about.header_addr)
        return diag_error(checking->diags, "header-place", pos,
                          "the header is at 0x%08llx, but archive.json says 0x%08llx",
                          (unsigned long long)image->header_addr,
                          (unsigned long long)checking->about.header_addr);
    return tables_read(loaded_from, image, image->header_addr, pos, checking->arena,
                       &checking->tables, checking->diags) &&
           check_bounds(checking) && check_header_texts(checking);
}

/* ---- the ID ---- */

static bool check_id(struct checking *checking)
{
    uint8_t id[IMAGE_ID_BYTES];
    const struct source_pos pos = checking_pos(checking, IMAGE_ELF_MEMBER);
    if (!image_identity_compute(&checking->image, &checking->info, checking->arena, id,
                                checking->diags))
        return false;
    const char *computed = image_id_text(id, checking->arena);
    bool ok = true;
    if (memcmp(id, checking->tables.id, sizeof id) != 0)
        ok = diag_error(checking->diags, "image-id", pos,
                        "the ID of the image's bytes is %s, but its header says %s", computed,
                        image_id_text(checking->tables.id, checking->arena));
    if (memcmp(id, checking->about.id, sizeof id) != 0)
        ok = diag_error(checking->diags, "image-id", pos,
                        "the ID of the image's bytes is %s, but archive.json says %s", computed,
                        checking->about.id_text);
    return ok;
}

/* ---- the info block ---- */

static bool check_info_text(const struct checking *checking, const struct info_block *block,
                            const char *tag, const char *wanted)
{
    const struct info_chunk *chunk = info_block_find(block, tag);
    if (chunk == NULL || span_equal(chunk->body, span_of_text(wanted)))
        return true;
    return diag_error(checking->diags, "info-about", checking_pos(checking, IMAGE_ELF_MEMBER),
                      "%s in the info block is '%.*s', but archive.json says '%s'", tag,
                      (int)(chunk->body.bytes < 80 ? chunk->body.bytes : 80),
                      (const char *)chunk->body.data, wanted);
}

static bool check_info(struct checking *checking)
{
    const struct source_pos pos = checking_pos(checking, IMAGE_ELF_MEMBER);
    const struct layout_range *info = &checking->info;
    const struct span loaded = image_bytes_from(&checking->image, info->start);
    struct info_block block;
    struct span bytes;
    if (!span_part(loaded, 0, info->end - info->start, &bytes))
        return diag_error(checking->diags, "header-info", pos,
                          "the info block at 0x%08llx is not a single loaded range",
                          (unsigned long long)info->start);
    if (!info_block_read(bytes, pos, checking->arena, &block, checking->diags))
        return false;
    const bool ok = check_info_text(checking, &block, "VERS", checking->about.version);
    return check_info_text(checking, &block, "BORD", checking->about.compat.board) && ok;
}

/* ---- layout.json ---- */

static bool check_layout_tasks(const struct checking *checking, const struct layout_read *layout)
{
    const struct tables_read *tables = &checking->tables;
    bool same = layout->task_count == tables->task_count;
    for (size_t i = 0; same && i < tables->task_count; i++)
        same = strcmp(layout->tasks[i].name, tables->tasks[i].name) == 0;
    return same ||
           diag_error(checking->diags, "layout-about", checking_pos(checking, "layout.json"),
                      "the tasks differ from those in the kernel's tables");
}

static bool check_layout(struct checking *checking)
{
    const struct source_pos pos = checking_pos(checking, "layout.json");
    const struct archive_about *about = &checking->about;
    struct span json = {NULL, 0};
    struct layout_read layout;
    if (!checking_member(checking, "layout.json", &json) ||
        !layout_read(json, pos, checking->arena, &layout, checking->diags))
        return false;
    if (strcmp(layout.name, about->name) != 0 || strcmp(layout.slot, about->compat.slot) != 0)
        return diag_error(
            checking->diags, "layout-about", pos,
            "it is for %s, image slot '%s', but archive.json is for %s, image slot '%s'",
            layout.name, layout.slot, about->name, about->compat.slot);
    return check_layout_tasks(checking, &layout) && check_tables(checking, &layout);
}

/* ---- all ---- */

enum check {
    CHECK_ABOUT,
    CHECK_IMAGE,
    CHECK_HEADER,
    CHECK_ID,
    CHECK_INFO,
    CHECK_FORMS,
    CHECK_PROGRAMS,
    CHECK_LAYOUT,
    CHECK_SIGNATURE,
    CHECK_COUNT
};

/* `needs`: bits of the earlier checks that this one depends on. */
static const struct {
    const char *name;
    bool (*run)(struct checking *checking);
    unsigned needs;
} checks[CHECK_COUNT] = {
    [CHECK_ABOUT] = {"archive.json", check_about, 0},
    [CHECK_IMAGE] = {"image.elf", check_image, 0},
    [CHECK_HEADER] = {"header", check_header, 1u << CHECK_ABOUT | 1u << CHECK_IMAGE},
    [CHECK_ID] = {"id", check_id, 1u << CHECK_HEADER},
    [CHECK_INFO] = {"info", check_info, 1u << CHECK_HEADER},
    [CHECK_FORMS] = {"image forms", check_forms, 1u << CHECK_ABOUT | 1u << CHECK_IMAGE},
    [CHECK_PROGRAMS] = {"programs", check_programs, 1u << CHECK_HEADER},
    [CHECK_LAYOUT] = {"layout.json", check_layout, 1u << CHECK_HEADER},
    [CHECK_SIGNATURE] = {"mcuboot signature", check_image_signature, 1u << CHECK_FORMS},
};

static bool has_work(const struct checking *checking, enum check check)
{
    if (check == CHECK_SIGNATURE)
        return checking->image_key != NULL;
    return check != CHECK_INFO || checking->info.end > checking->info.start;
}

bool archive_check(const struct archive *archive, const char *path,
                   const struct public_key *image_key, struct arena *arena,
                   struct archive_checks *ret, struct diag_list *diags)
{
    struct checking checking = {
        .archive = archive, .path = path, .image_key = image_key, .arena = arena, .diags = diags};
    struct archive_check_result *items =
        ARENA_ARRAY(arena, struct archive_check_result, CHECK_COUNT);
    unsigned passed = 0;
    bool ok = true;
    for (unsigned i = 0; i < CHECK_COUNT; i++) {
        items[i] = (struct archive_check_result){checks[i].name, ARCHIVE_CHECK_SKIPPED};
        if ((checks[i].needs & ~passed) != 0 || !has_work(&checking, (enum check)i))
            continue;
        const bool good = checks[i].run(&checking);
        items[i].state = good ? ARCHIVE_CHECK_PASSED : ARCHIVE_CHECK_FAILED;
        passed |= good ? 1u << i : 0;
        ok = ok && good;
    }
    *ret = (struct archive_checks){.items = items,
                                   .count = CHECK_COUNT,
                                   .has_about = (passed & 1u << CHECK_ABOUT) != 0,
                                   .about = checking.about,
                                   .signature = checking.signature};
    return ok;
}

const char *archive_check_state_name(enum archive_check_state state)
{
    switch (state) {
    case ARCHIVE_CHECK_PASSED:
        return "passed";
    case ARCHIVE_CHECK_FAILED:
        return "failed";
    case ARCHIVE_CHECK_SKIPPED:
        return "skipped";
    }
    return "";
}
