#include "linker/link/link_report.h"

#include "linker/link/script.h"

#include "base/buffer.h"

#include <inttypes.h>
#include <string.h>

enum {
    MOST_QUOTED_LINES = 40,
    LINE_BYTES_MOST = 1024,
    MOST_NAMED_SYMBOLS = 8,
};

/* ---- lines and words ---- */

/* The next line of words, without its end; false after the last. */
static bool next_line(struct span words, size_t *at, struct span *ret)
{
    if (*at >= words.bytes)
        return false;
    const uint8_t *start = words.data + *at;
    const uint8_t *stop = memchr(start, '\n', words.bytes - *at);
    const size_t length = stop == NULL ? words.bytes - *at : (size_t)(stop - start);
    *at += length + 1;
    *ret = (struct span){start, length};
    return true;
}

/* What follows `part` in a line; NULL data when it is not in it. */
static struct span after(struct span line, const char *part)
{
    const size_t length = strlen(part);
    for (size_t i = 0; i + length <= line.bytes; i++) {
        if (memcmp(line.data + i, part, length) == 0)
            return (struct span){line.data + i + length, line.bytes - i - length};
    }
    return (struct span){0};
}

static bool contains(struct span text, const char *part)
{
    return after(text, part).data != NULL;
}

/* A name in quotes: `name' as GNU programs write it, or 'name'. */
static bool read_quoted(struct span text, struct span *ret)
{
    if (text.bytes < 2 || (text.data[0] != '`' && text.data[0] != '\''))
        return false;
    const uint8_t *stop = memchr(text.data + 1, '\'', text.bytes - 1);
    if (stop == NULL)
        return false;
    *ret = (struct span){text.data + 1, (size_t)(stop - text.data) - 1};
    return true;
}

static uint64_t read_number(struct span text)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.bytes && text.data[i] >= '0' && text.data[i] <= '9'; i++) {
        if (value > (UINT64_MAX - 9) / 10)
            return UINT64_MAX;
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    return value;
}

static const char *kind_name(const struct program *program)
{
    return program->kind == PROGRAM_KERNEL ? "the" : "task";
}

/* ---- overflows ----
 * GNU ld: region `flash' overflowed by 60 bytes
 * lld:    section '.text' will not fit in region 'flash': overflowed by 40 bytes
 * The last and largest of lld's many lines a region is the total. */

static bool read_overflow(struct span line, struct span *ret_region, uint64_t *ret_bytes)
{
    struct span region;
    const struct span amount = after(line, "overflowed by ");
    if (amount.data == NULL || !read_quoted(after(line, "region "), &region))
        return false;
    *ret_region = region;
    *ret_bytes = read_number(amount);
    return true;
}

static uint64_t largest_overflow(struct span words, const char *region)
{
    uint64_t largest = 0;
    size_t at = 0;
    struct span line;
    while (next_line(words, &at, &line)) {
        struct span name;
        uint64_t bytes;
        if (read_overflow(line, &name, &bytes) && span_equal(name, span_of_text(region)) &&
            bytes > largest)
            largest = bytes;
    }
    return largest;
}

const struct link_overflow *link_report_overflows(struct arena *arena,
                                                  const struct program *program, struct span words,
                                                  size_t *ret_count)
{
    struct link_overflow *overflows =
        ARENA_ARRAY(arena, struct link_overflow, program->memory_count);
    size_t count = 0;
    for (size_t i = 0; i < program->memory_count; i++) {
        const uint64_t bytes = largest_overflow(words, script_region(arena, program, i));
        if (bytes > 0)
            overflows[count++] = (struct link_overflow){i, bytes};
    }
    *ret_count = count;
    return overflows;
}

static void report_overflows(const struct link_step *step, struct diag_list *diags)
{
    const struct program *program = step->program;
    for (size_t i = 0; i < step->overflow_count; i++) {
        const struct link_overflow *overflow = &step->overflows[i];
        diag_error(diags, "link-overflow", program->pos,
                   "%s %s does not fit into %s: %" PRIu64 " bytes over", kind_name(program),
                   program->name, program->memories[overflow->memory], overflow->bytes_over);
        diag_hint(diags,
                  overflow->memory == PROGRAM_CODE
                      ? "make its code smaller (-Os, fewer libraries), or give it more of %s"
                      : "make its stack, heap or variables smaller, or give it more of %s",
                  program->memories[overflow->memory]);
    }
}

/* ---- symbols ----
 * GNU ld: a.o:a.c:(.text+0x4): undefined reference to `foo'
 *         a.o: multiple definition of `x'; b.o: first defined here
 * lld:    ld.lld: error: undefined symbol: foo
 *         ld.lld: error: duplicate symbol: x */

struct names {
    const char *items[MOST_NAMED_SYMBOLS];
    size_t count, left_out;
};

static void add_name(struct arena *arena, struct names *names, struct span name)
{
    const char *text = arena_copy_text(arena, (const char *)name.data, name.bytes);
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], text) == 0)
            return;
    }
    if (names->count < MOST_NAMED_SYMBOLS)
        names->items[names->count++] = text;
    else
        names->left_out++;
}

static struct names find_names(struct arena *arena, struct span words, const char *gnu,
                               const char *lld)
{
    struct names names = {0};
    size_t at = 0;
    struct span line;
    while (next_line(words, &at, &line)) {
        const struct span plain = after(line, lld);
        struct span name;
        if (read_quoted(after(line, gnu), &name))
            add_name(arena, &names, name);
        else if (plain.data != NULL)
            add_name(arena, &names, plain);
    }
    return names;
}

static const char *join_names(struct arena *arena, const struct names *names)
{
    struct buffer text = buffer_in(arena);
    for (size_t i = 0; i < names->count; i++)
        buffer_format(&text, "%s`%s`", i == 0 ? "" : ", ", names->items[i]);
    if (names->left_out > 0)
        buffer_append_text(&text, " and others");
    return buffer_text(&text);
}

/* The manifest's key that brings the symbols of a kind into being. */
static const char *undefined_hint(const char *symbol)
{
    static const struct {
        const char *prefix, *hint;
    } kinds[] = {
        {"__task_", "a task gets the symbols of those that it names under `calls:`"},
        {"__notify_", "list the notification under `notifications:`"},
        {"__periph_", "list the peripheral under `uses:`"},
        {"__map_", "list the memory under `maps:`"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strncmp(symbol, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
            return kinds[i].hint;
    }
    return "add the object or library that defines it to `objects:` or `libraries:`";
}

static void report_undefined(struct arena *arena, const struct link_step *step,
                             struct diag_list *diags)
{
    const struct program *program = step->program;
    const struct names names =
        find_names(arena, step->output, "undefined reference to ", "undefined symbol: ");
    if (names.count == 0)
        return;
    diag_error(diags, "link-undefined-symbol", program->pos,
               "%s %s refers to %s, which nothing defines", kind_name(program), program->name,
               join_names(arena, &names));
    diag_hint(diags, "%s", undefined_hint(names.items[0]));
}

static void report_duplicates(struct arena *arena, const struct link_step *step,
                              struct diag_list *diags)
{
    const struct program *program = step->program;
    const struct names names =
        find_names(arena, step->output, "multiple definition of ", "duplicate symbol: ");
    if (names.count == 0)
        return;
    diag_error(diags, "link-duplicate-symbol", program->pos, "%s %s defines %s more than once",
               kind_name(program), program->name, join_names(arena, &names));
    diag_hint(diags, "a file may be listed twice, or two files may define the same name");
}

/* ---- other failures, told from a line ---- */

struct pattern {
    const char *part, *code, *meaning, *hint;
};

static const struct pattern patterns[] = {
    {"cannot find -l", "link-object-missing", "needs a library that the linker cannot find",
     "name its folder with -L under `flags:`, or list the archive under `libraries:`"},
    {"unable to find library", "link-object-missing", "needs a library that the linker cannot find",
     "name its folder with -L under `flags:`, or list the archive under `libraries:`"},
    {"cannot open linker script", "link-script", "has a linker script that is not there", NULL},
    {"cannot find linker script", "link-script", "has a linker script that is not there", NULL},
    {"cannot find ", "link-object-missing", "has an object file that is not there", NULL},
    {"cannot open ", "link-object-missing", "has a file that cannot be opened", NULL},
    {"file format not recognized", "link-wrong-machine",
     "has a file that this linker does not understand",
     "it may be damaged, or made for a machine that is not the linker's"},
    {"file in wrong format", "link-wrong-machine", "mixes objects of different machines",
     "all objects must be made for the same machine"},
    {"is incompatible with", "link-wrong-machine", "mixes objects that do not go together",
     "all objects must be made for the same machine, with the same options that start with -m"},
    {"uses VFP register arguments", "link-wrong-machine",
     "mixes floating-point calling conventions", "compile every object with the same -mfloat-abi"},
    {"requires a defined symbol root", "linked-entry", "has no object that defines its entry",
     "`entry:` names the function that runs first; it must be global"},
    {"STT_TLS symbol", "linked-orphan-section", "has thread-local variables, which nobody sets up",
     NULL},
    {"syntax error", "link-script", "has a linker script with a mistake", NULL},
    {"malformed number", "link-script", "has a linker script with a mistake", NULL},
    {"unknown directive", "link-script", "has a linker script with a mistake", NULL},
};

static const struct pattern *find_pattern(struct span words)
{
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        if (contains(words, patterns[i].part))
            return &patterns[i];
    }
    return NULL;
}

static void report_other(const struct link_step *step, struct diag_list *diags)
{
    const struct program *program = step->program;
    const struct pattern *pattern = find_pattern(step->output);
    if (step->signal_number != 0)
        diag_error(diags, "link-crashed", program->pos,
                   "the linker of %s %s was ended by signal %d", kind_name(program), program->name,
                   step->signal_number);
    else if (pattern == NULL)
        diag_error(diags, "link-failed", program->pos, "the linker of %s %s failed with status %d",
                   kind_name(program), program->name, step->exit_status);
    else
        diag_error(diags, pattern->code, program->pos, "%s %s %s", kind_name(program),
                   program->name, pattern->meaning);
    if (step->signal_number == 0 && pattern != NULL && pattern->hint != NULL)
        diag_hint(diags, "%s", pattern->hint);
}

/* ---- the linker's own words ---- */

/* Of lld's many lines about one region only the last tells something. */
static bool is_repeated(struct span words, size_t after_line, struct span line)
{
    struct span region;
    uint64_t bytes;
    if (!contains(line, "will not fit in region") || !read_overflow(line, &region, &bytes))
        return false;
    struct span later;
    while (next_line(words, &after_line, &later)) {
        struct span name;
        if (read_overflow(later, &name, &bytes) && span_equal(name, region))
            return true;
    }
    return false;
}

/* A terminal must not take orders from a linker's output. */
static void append_printable(struct buffer *text, struct span line)
{
    const size_t shown = line.bytes < LINE_BYTES_MOST ? line.bytes : LINE_BYTES_MOST;
    for (size_t i = 0; i < shown; i++) {
        const uint8_t byte = line.data[i];
        const bool is_control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
        buffer_append_byte(text, is_control ? '?' : byte);
    }
    if (shown < line.bytes)
        buffer_format(text, "... (and %zu more bytes)", line.bytes - shown);
    buffer_append_byte(text, '\n');
}

static const char *quote_words(struct arena *arena, struct span words)
{
    struct buffer text = buffer_in(arena);
    size_t at = 0;
    size_t count = 0;
    struct span line;
    while (next_line(words, &at, &line)) {
        if (line.bytes == 0 || is_repeated(words, at, line))
            continue;
        if (count++ < MOST_QUOTED_LINES)
            append_printable(&text, line);
    }
    if (count > MOST_QUOTED_LINES)
        buffer_format(&text, "(and %zu more lines)\n", count - MOST_QUOTED_LINES);
    return buffer_text(&text);
}

/* ---- the whole ---- */

static void report_failure(struct arena *arena, const struct link_step *step,
                           struct diag_list *diags)
{
    const size_t before = diags->count;
    if (step->end == PROCESS_TIMED_OUT) {
        diag_error(diags, "link-timeout", step->program->pos,
                   "the linker of %s %s did not end within the time limit, and was ended",
                   kind_name(step->program), step->program->name);
        diag_hint(diags, "raise --timeout, or run the linker by hand: imgbuild build -v prints it");
        return;
    }
    if (step->exit_status < 0 && step->signal_number == 0)
        return; /* it did not start, and link_run() said so */
    report_overflows(step, diags);
    report_undefined(arena, step, diags);
    report_duplicates(arena, step, diags);
    if (diags->count == before)
        report_other(step, diags);
    if (step->output.bytes > 0)
        diag_quote(diags, quote_words(arena, step->output));
}

/* linked_read() makes an error of a missing entry, so the linker need not speak of it too. */
static bool is_told_elsewhere(struct span line)
{
    return line.bytes == 0 || contains(line, "cannot find entry symbol");
}

static bool is_among(struct span words, size_t end, struct span line)
{
    size_t at = 0;
    struct span earlier;
    bool found = false;
    while (!found && at < end && next_line(words, &at, &earlier) && at <= end)
        found = span_equal(earlier, line);
    return found;
}

/* The lines that tell something, each once. */
static struct span fold_words(struct arena *arena, struct span words)
{
    struct buffer text = buffer_in(arena);
    size_t at = 0;
    size_t start = 0;
    struct span line;
    while (next_line(words, &at, &line)) {
        if (!is_told_elsewhere(line) && !is_among(words, start, line)) {
            buffer_append_span(&text, line);
            buffer_append_byte(&text, '\n');
        }
        start = at;
    }
    return (struct span){text.data, text.bytes};
}

static bool is_reported(const struct diag_list *diags, const char *message)
{
    bool found = false;
    for (size_t i = 0; i < diags->count && !found; i++)
        found = strcmp(diags->items[i].code, "link-warning") == 0 &&
                strcmp(diags->items[i].message, message) == 0;
    return found;
}

void link_report_words(struct arena *arena, const struct link_step *step, enum diag_level level,
                       struct diag_list *diags)
{
    const struct program *program = step->program;
    const struct span words = fold_words(arena, step->output);
    const char *message =
        arena_format(arena, "the linker of %s %s has a warning", kind_name(program), program->name);
    if (step->failed || words.bytes == 0 || is_reported(diags, message))
        return;
    diag_add(diags, level, "link-warning", program->pos, "%s", message);
    diag_quote(diags, quote_words(arena, words));
}

void link_report(struct arena *arena, const struct link_step *step, struct diag_list *diags)
{
    if (step->failed)
        report_failure(arena, step, diags);
}
