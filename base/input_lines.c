#include "base/input_lines.h"

#include "base/interruption.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_BYTES = 64 * 1024 };

bool input_lines_open(struct arena *arena, const char *path, struct input_lines *ret,
                      struct diag_list *diags)
{
    const bool is_input = strcmp(path, "-") == 0;
    const char *name = is_input ? "standard input" : path;
    const int handle = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (handle < 0)
        return diag_error(diags, errno == ENOENT ? "file-missing" : "file-unreadable",
                          (struct source_pos){path, 0, 0}, "%s", strerror(errno));
    *ret = (struct input_lines){
        .arena = arena,
        .handle = handle,
        .pos = {name, 0, 0},
        .buffer = ARENA_ARRAY(arena, uint8_t, FIRST_BYTES),
        .capacity = FIRST_BYTES,
        .is_owned = !is_input,
    };
    return true;
}

/* Moves what is left to the front, and makes room behind it. */
static void make_room(struct input_lines *lines)
{
    if (lines->start > 0)
        memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
    lines->end -= lines->start;
    lines->start = 0;
    if (lines->end < lines->capacity)
        return;
    lines->buffer = arena_grow(lines->arena, lines->buffer, lines->end, 2 * lines->capacity, 1);
    lines->capacity *= 2;
}

static bool read_more(struct input_lines *lines, struct diag_list *diags)
{
    make_room(lines);
    ssize_t count;
    do {
        count = read(lines->handle, lines->buffer + lines->end, lines->capacity - lines->end);
    } while (count < 0 && errno == EINTR && interruption_signal() == 0);
    if (count < 0 && errno == EINTR)
        return diag_error(diags, "interrupted", NOWHERE, "interrupted");
    if (count < 0)
        return diag_error(diags, "file-unreadable", lines->pos, "%s", strerror(errno));
    lines->end += (size_t)count;
    lines->has_ended = count == 0;
    return true;
}

static void give(struct input_lines *lines, size_t bytes, size_t skipped, struct span *ret)
{
    *ret = (struct span){lines->buffer + lines->start, bytes};
    lines->start += bytes + skipped;
    lines->pos.line++;
}

static bool has_line(struct input_lines *lines, struct span *ret)
{
    const uint8_t *from = lines->buffer + lines->start;
    const size_t left = lines->end - lines->start;
    const uint8_t *end = left == 0 ? NULL : memchr(from, '\n', left);
    if (end != NULL)
        give(lines, (size_t)(end - from), 1, ret);
    else if (left >= INPUT_LINE_BYTES_MOST || (lines->has_ended && left > 0))
        give(lines, left, 0, ret);
    else
        return false;
    return true;
}

enum input_lines_next input_lines_next(struct input_lines *lines, struct span *ret,
                                       struct diag_list *diags)
{
    if (has_line(lines, ret))
        return INPUT_LINE;
    if (lines->has_ended)
        return INPUT_END;
    lines->has_told = !lines->has_told;
    if (lines->has_told)
        return INPUT_WAITS;
    return read_more(lines, diags) ? input_lines_next(lines, ret, diags) : INPUT_FAILED;
}

void input_lines_close(struct input_lines *lines)
{
    if (lines->is_owned)
        (void)close(lines->handle);
}
