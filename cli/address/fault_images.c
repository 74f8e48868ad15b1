#include "cli/address/fault_images.h"

#include "base/path.h"
#include "base/shown_text.h"
#include "cli/address/fault_record.h"

#include <string.h>

/* ---- listing ---- */

static void add(struct fault_images *images, const char *path, const char *slot)
{
    images->items = arena_grow(images->arena, images->items, images->count, images->count + 1,
                               sizeof *images->items);
    images->items[images->count++] = (struct fault_image){.path = path, .slot = slot};
}

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool has_layout(struct arena *arena, const char *folder)
{
    struct file_stamp stamp;
    return file_look(path_join(arena, folder, "layout.json"), &stamp);
}

static bool list_folder(struct fault_images *images, const char *folder)
{
    struct path_list names = {0};
    if (!file_list(images->arena, folder, &names, images->diags))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        const char *path = path_join(images->arena, folder, names.items[i]);
        if (has_layout(images->arena, path))
            add(images, folder, names.items[i]);
        else if (ends_with(names.items[i], ".zip") && !file_is_folder(path))
            add(images, path, NULL);
    }
    if (images->count > 0)
        return true;
    diag_error(images->diags, "fault-no-image", (struct source_pos){folder, 0, 0},
               "no archives in this folder, and it is not a build folder");
    diag_hint(images->diags,
              "give an archive, a folder of archives, or the folder given to `build -o`");
    return false;
}

bool fault_images_list(const char *path, const char *slot, struct arena *arena,
                       struct fault_images *ret, struct diag_list *diags)
{
    *ret = (struct fault_images){.arena = arena, .diags = diags, .path = path};
    if (file_is_folder(path) && slot == NULL && !has_layout(arena, path))
        return list_folder(ret, path);
    add(ret, path, slot);
    return true;
}

/* ---- opening ---- */

static const char *copy(const char *text, struct arena *arena)
{
    return text == NULL ? NULL : arena_copy_text(arena, text, strlen(text));
}

/* A problem with one of several images is not an error of the command. */
static void hand_over(struct fault_images *images, struct fault_image *image)
{
    struct diag_list *to = images->diags;
    for (size_t i = 0; i < image->diags->count; i++) {
        const struct diag *diag = &image->diags->items[i];
        const enum diag_level level =
            diag->level == DIAG_ERROR && images->count > 1 ? DIAG_WARNING : diag->level;
        struct source_pos pos = diag->pos;
        pos.file = copy(pos.file, to->arena);
        diag_add(to, level, diag->code, pos, "%s", diag->message);
        if (diag->hint != NULL)
            diag_hint(to, "%s", diag->hint);
    }
}

static void close_image(struct fault_images *images, struct fault_image *image)
{
    if (image->book == NULL)
        return;
    address_book_close(image->book);
    hand_over(images, image);
    image->book = NULL;
    arena_destroy(image->arena);
}

/* Opens an image, for the first time or again. */
static bool open_image(struct fault_images *images, struct fault_image *image)
{
    if (image->book != NULL)
        return true;
    image->arena = arena_create_like(images->arena);
    image->diags = ARENA_NEW(image->arena, struct diag_list);
    *image->diags = diag_list_in(image->arena);
    image->book = ARENA_NEW(image->arena, struct address_book);
    image->was_opened = true;
    image->is_usable =
        address_book_open(image->path, image->slot, image->arena, image->book, image->diags);
    if (image->is_usable)
        image->id = copy(image->book->id, images->arena);
    else
        close_image(images, image);
    return image->is_usable;
}

/* ---- finding ---- */

static bool is_it(const struct fault_image *image, const char *id)
{
    return image->is_usable && image->id != NULL && strcmp(image->id, id) == 0;
}

static struct address_book *refuse(struct fault_images *images, const char *id,
                                   struct source_pos pos)
{
    struct diag_list *diags = images->diags;
    struct arena *arena = images->arena;
    size_t usable_count = 0;
    for (size_t i = 0; i < images->count; i++)
        usable_count += images->items[i].is_usable ? 1 : 0;
    const char *shown = id == NULL ? NULL : shown_text(arena, id);
    if (images->count > 1 && id == NULL)
        diag_error(diags, "fault-other-image", pos,
                   "the record does not name its image, and %s has several", images->path);
    else if (images->count > 1)
        diag_error(diags, "fault-other-image", pos,
                   "none of the %zu readable images in %s has the ID %s", usable_count,
                   images->path, shown);
    else
        diag_error(diags, "fault-other-image", pos,
                   "the record is from image %s, but %s is image %s", shown, images->path,
                   images->items[0].id);
    diag_hint(
        diags,
        images->count > 1 && id == NULL ? "give the archive or the image slot that it is from"
        : images->count > 1
            ? "give the archive of that image, or the folder that contains it"
            : "give the archive of that image, or add --force to explain the record with this one");
    return NULL;
}

static struct address_book *find_single(struct fault_images *images, const char *id,
                                        enum fault_match match, struct source_pos pos)
{
    struct fault_image *image = &images->items[0];
    if (image->was_opened && !image->is_usable)
        return NULL;
    if (!open_image(images, image))
        return NULL;
    if (id == NULL || image->id == NULL || is_it(image, id))
        return image->book;
    if (match == FAULT_SAME_ID)
        return refuse(images, id, pos);
    diag_add(
        images->diags, DIAG_WARNING, "fault-other-image", pos,
        "the record is from image %s but is explained with image %s: everything below may be wrong",
        shown_text(images->arena, id), image->id);
    return image->book;
}

struct address_book *fault_images_find(struct fault_images *images, const char *id,
                                       enum fault_match match, struct source_pos pos)
{
    if (images->count == 1)
        return find_single(images, id, match, pos);
    if (id == NULL)
        return refuse(images, id, pos);
    for (size_t i = 0; i < images->count; i++) {
        struct fault_image *image = &images->items[i];
        if (!image->was_opened && open_image(images, image) && !is_it(image, id))
            close_image(images, image);
        if (is_it(image, id) && open_image(images, image))
            return image->book;
    }
    return refuse(images, id, pos);
}

void fault_images_close(struct fault_images *images)
{
    for (size_t i = 0; i < images->count; i++)
        close_image(images, &images->items[i]);
}
