#include "cli/signing/info_change.h"

#include "cli/image/form_mcuboot.h"
#include "cli/image/image_forms.h"
#include "linker/image/image_format.h"
#include "sign/archive/archive_write.h"
#include "sign/archive/intact.h"
#include "sign/archive/sums.h"
#include "sign/digest/digest.h"

#include <inttypes.h>
#include <string.h>

struct changing {
    const struct archive *archive;
    const char *path;
    const struct info_change *change;
    struct arena *arena;
    struct diag_list *diags;
    struct image before, after;
    struct span bin_before, bin_after;
    struct layout_range info;
    struct span block; /* the new one */
};

static struct source_pos pos_of(const struct changing *changing, const char *member)
{
    return (struct source_pos){arena_format(changing->arena, "%s/%s", changing->path, member), 0,
                               0};
}

/* ---- the image ---- */

static struct span loaded_from(const void *image, uint64_t addr)
{
    return image_bytes_from(image, addr);
}

static bool read_block(const struct image *image, struct source_pos pos, struct arena *arena,
                       struct info_found *found, struct diag_list *diags)
{
    const uint64_t start = found->tables.info_addr;
    if (start < image->base || start >= image->end)
        return diag_error(diags, "info-form", pos,
                          "the header's info block at 0x%08" PRIx64 " lies outside the image",
                          start);
    const size_t bytes = (size_t)(image->end - start);
    uint8_t *block = ARENA_ARRAY(arena, uint8_t, bytes);
    found->range = (struct layout_range){start, image->end};
    return (image_copy(image, start, block, bytes) ||
            diag_error(diags, "info-form", pos, "the info block is not loaded")) &&
           info_block_read((struct span){block, bytes}, pos, arena, &found->block, diags);
}

bool info_change_read(const struct image *image, const char *path, struct arena *arena,
                      struct info_found *ret, struct diag_list *diags)
{
    const struct source_pos pos = {path, 0, 0};
    struct info_found found = {.range = {0, 0}};
    if (!image->has_header)
        return diag_error(diags, "tables-malformed", pos, "missing symbol imgbuild_image");
    if (!tables_read(loaded_from, image, image->header_addr, pos, arena, &found.tables, diags) ||
        (found.tables.info_addr != 0 && !read_block(image, pos, arena, &found, diags)))
        return false;
    *ret = found;
    return true;
}

/* Reads the block of an image that must have one. */
static bool find_block(struct changing *changing, const char *path, struct info_found *ret)
{
    if (!info_change_read(&changing->before, path, changing->arena, ret, changing->diags))
        return false;
    if (ret->tables.info_addr != 0)
        return true;
    diag_error(changing->diags, "info-no-block", (struct source_pos){path, 0, 0},
               "the image has no info block");
    diag_hint(changing->diags, "add info: {size: 256} to the board and build it again");
    return false;
}

static bool make_block(struct changing *changing, const struct info_found *found)
{
    const struct info_change *change = changing->change;
    struct info_set set;
    const struct info_facts facts = {found->tables.major, found->tables.minor, found->tables.patch,
                                     found->tables.board};
    changing->info = found->range;
    return info_fill_change(&found->block, &change->removed, &change->added, changing->arena, &set,
                            changing->diags) &&
           info_fill_make(&set, found->range.end - found->range.start, &facts, changing->arena,
                          &changing->block, changing->diags);
}

/* Reads the image and its block; *ret_elf is the member's content. */
static bool read_before(struct changing *changing, struct span *ret_elf, struct info_found *ret)
{
    const struct archive_member *elf = archive_find(changing->archive, IMAGE_ELF_MEMBER);
    if (elf == NULL)
        return diag_error(changing->diags, "info-no-image",
                          (struct source_pos){changing->path, 0, 0},
                          "the archive has no " IMAGE_ELF_MEMBER);
    const char *path = pos_of(changing, IMAGE_ELF_MEMBER).file;
    *ret_elf = elf->content;
    return image_read(changing->arena, elf->content, path, &changing->before, changing->diags) &&
           find_block(changing, path, ret);
}

static bool make_images(struct changing *changing)
{
    struct span elf = {NULL, 0};
    struct info_found found = {.range = {0, 0}};
    const char *path = pos_of(changing, IMAGE_ELF_MEMBER).file;
    if (!read_before(changing, &elf, &found) || !make_block(changing, &found) ||
        !image_read(changing->arena, elf, path, &changing->after, changing->diags))
        return false;
    if (!image_patch(&changing->after, changing->info.start, changing->block))
        return diag_error(changing->diags, "info-no-block", (struct source_pos){path, 0, 0},
                          "the image's info block is not loaded");
    changing->bin_before = image_format_bin(changing->arena, &changing->before);
    changing->bin_after = image_format_bin(changing->arena, &changing->after);
    return true;
}

/* ---- members ---- */

static bool wrong_form(const struct changing *changing, const char *member, const char *what)
{
    return diag_error(changing->diags, "info-form", pos_of(changing, member), "%s", what);
}

/* What is known of a form of the image, before the change or after it. */
static struct form_job job_of(const struct changing *changing, const struct archive_member *member)
{
    return (struct form_job){
        .image = &changing->before,
        .bin = changing->bin_before,
        .found = member->content,
        .signer = changing->change->signer,
        .pos = pos_of(changing, member->name),
        .arena = changing->arena,
        .diags = changing->diags,
    };
}

static bool change_form(const struct changing *changing, struct archive_member *member)
{
    const struct image_form *form = image_forms_find(member->name);
    if (form == NULL)
        return wrong_form(changing, member->name,
                          "unknown image format, so its info block cannot be changed");
    const struct form_job before = job_of(changing, member);
    struct form_job after = before;
    after.image = &changing->after;
    after.bin = changing->bin_after;
    return image_forms_change(form, &before, &after, &member->content);
}

/* It holds the digest of the image as 64 digits, which are replaced in place: nothing else may
 * change. */
static bool change_about(const struct changing *changing, struct archive_member *member)
{
    const struct digest before = digest_of(changing->bin_before);
    const struct digest after = digest_of(changing->bin_after);
    char *text =
        arena_copy_text(changing->arena, (const char *)member->content.data, member->content.bytes);
    char *at = strstr(text, digest_hex(&before, changing->arena));
    if (at == NULL || strstr(at + 1, digest_hex(&before, changing->arena)) != NULL)
        return wrong_form(changing, member->name, "image_sha256 is not the digest of the image");
    memcpy(at, digest_hex(&after, changing->arena), DIGEST_HEX_BYTES);
    member->content.data = (const uint8_t *)text;
    return true;
}

/* No program's ELF file holds the block: it comes after all of them. */
static bool change_member(const struct changing *changing, struct archive_member *member)
{
    if (strcmp(member->name, "archive.json") == 0)
        return change_about(changing, member);
    if (strncmp(member->name, IMAGE_FOLDER, strlen(IMAGE_FOLDER)) != 0)
        return true;
    if (strcmp(member->name, IMAGE_ELF_MEMBER) == 0)
        return image_patch_elf(changing->arena, member->content,
                               pos_of(changing, member->name).file, changing->info.start,
                               changing->block, &member->content, changing->diags);
    return change_form(changing, member);
}

static bool change_members(const struct changing *changing, struct archive_member *members,
                           size_t *ret_count)
{
    bool ok = true;
    size_t count = 0;
    for (size_t i = 0; i < changing->archive->member_count; i++) {
        if (strcmp(changing->archive->members[i].name, ARCHIVE_SUMS_NAME) == 0)
            continue;
        members[count] = changing->archive->members[i];
        ok = change_member(changing, &members[count++]) && ok;
    }
    struct sums_line *lines = ARENA_ARRAY(changing->arena, struct sums_line, count);
    for (size_t i = 0; i < count; i++)
        lines[i] = (struct sums_line){digest_of(members[i].content), members[i].name};
    members[count].content = sums_write(lines, count, changing->arena);
    members[count++].name = ARCHIVE_SUMS_NAME;
    *ret_count = count;
    return ok;
}

bool info_change_need_block(const struct archive *archive, const char *path, struct arena *arena,
                            struct diag_list *diags)
{
    struct changing changing = {.archive = archive, .path = path, .arena = arena, .diags = diags};
    struct span elf = {NULL, 0};
    struct info_found found = {.range = {0, 0}};
    return read_before(&changing, &elf, &found);
}

bool info_change_archive(const struct archive *archive, const char *path,
                         const struct info_change *change, struct arena *arena, struct span *ret,
                         struct diag_list *diags)
{
    struct changing changing = {
        .archive = archive, .path = path, .change = change, .arena = arena, .diags = diags};
    struct archive_member *members =
        ARENA_ARRAY(arena, struct archive_member, archive->member_count + 1);
    size_t count;
    if (change->signer != NULL && archive_find(archive, FORM_MCUBOOT_MEMBER) == NULL)
        return diag_error(
            diags, "mcuboot-no-format", (struct source_pos){path, 0, 0},
            "a key for the image is given, but the archive has no signed image format");
    return make_images(&changing) && change_members(&changing, members, &count) &&
           archive_write(members, count, arena, ret, diags);
}
