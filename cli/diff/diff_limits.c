#include "cli/diff/diff_limits.h"

#include "base/buffer.h"

#include <string.h>

enum { PERCENT_MOST = 1000000 };

static const uint64_t NUMBER_MOST = UINT64_C(1) << 32;

struct reading {
    const char *text;
    const struct diff *diff;
    struct arena *arena;
    struct diag_list *diags;
    struct diff_limit limit;
    size_t found; /* subjects that the words mean */
};

/* ---- errors ---- */

static void append_names(struct buffer *out, const struct diff *diff)
{
    buffer_append_text(out, "memories:");
    for (size_t i = 0; i < diff->memory_count; i++)
        buffer_format(out, "%s %s", i == 0 ? "" : ",", diff->memories[i].name);
    buffer_append_text(out, "; programs:");
    for (size_t i = 0; i < diff->program_count; i++)
        buffer_format(out, "%s %s", i == 0 ? "" : ",", diff->programs[i].name);
}

static bool refuse(struct reading *reading, const char *why)
{
    struct buffer names = buffer_in(reading->arena);
    append_names(&names, reading->diff);
    diag_error(reading->diags, "usage", NOWHERE, "--fail-on '%s': %s", reading->text, why);
    diag_hint(reading->diags,
              "write it as flash>+1K, ram>90%%, net.flash>=32K, slots>7, padding>+512, moved>0 or "
              "boundaries>0; %s",
              buffer_text(&names));
    return false;
}

/* ---- subjects ---- */

static void found(struct reading *reading, enum diff_measure measure,
                  const struct diff_memory *memory, const struct diff_program *program)
{
    reading->limit.measure = measure;
    reading->limit.memory = memory;
    reading->limit.program = program;
    reading->found++;
}

/* The rest of the words after `name`, "" or ".more"; NULL if they differ. */
static const char *behind(const char *words, const char *name)
{
    const size_t length = strlen(name);
    const char *rest = words + length;
    return strncmp(words, name, length) == 0 && (*rest == '\0' || *rest == '.') ? rest : NULL;
}

struct word {
    const char *word;
    enum diff_measure measure;
};

static bool find_word(const struct word *words, size_t count, const char *word,
                      enum diff_measure *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i].word, word) == 0) {
            *ret = words[i].measure;
            return true;
        }
    }
    return false;
}

#define FIND_WORD(words, word, ret) find_word((words), sizeof(words) / sizeof *(words), (word), ret)

static void find_memories(struct reading *reading, const char *subject)
{
    static const struct word words[] = {
        {"", DIFF_MEMORY_USED},      {".used", DIFF_MEMORY_USED},       {".free", DIFF_MEMORY_FREE},
        {".need", DIFF_MEMORY_NEED}, {".padding", DIFF_MEMORY_PADDING}, {".gap", DIFF_MEMORY_GAP}};
    enum diff_measure measure;
    for (size_t i = 0; i < reading->diff->memory_count; i++) {
        const struct diff_memory *memory = &reading->diff->memories[i];
        const char *rest = behind(subject, memory->name);
        if (rest != NULL && FIND_WORD(words, rest, &measure))
            found(reading, measure, memory, NULL);
    }
}

static void find_blocks(struct reading *reading, const struct diff_program *program,
                        const char *subject)
{
    static const struct word words[] = {{"", DIFF_BLOCK_NEED},
                                        {".need", DIFF_BLOCK_NEED},
                                        {".size", DIFF_BLOCK_SIZE},
                                        {".padding", DIFF_BLOCK_PADDING}};
    enum diff_measure measure;
    for (size_t i = 0; i < reading->diff->memory_count; i++) {
        const struct diff_memory *memory = &reading->diff->memories[i];
        const char *rest = behind(subject, memory->name);
        if (rest != NULL && FIND_WORD(words, rest, &measure))
            found(reading, measure, memory, program);
    }
}

static const struct word of_tasks[] = {{"slots", DIFF_TASK_SLOTS}, {"regions", DIFF_TASK_REGIONS}};

static void find_programs(struct reading *reading, const char *subject)
{
    enum diff_measure measure;
    for (size_t i = 0; i < reading->diff->program_count; i++) {
        const struct diff_program *program = &reading->diff->programs[i];
        const char *rest = behind(subject, program->name);
        if (rest == NULL || *rest == '\0')
            continue;
        if (!program->is_kernel && FIND_WORD(of_tasks, rest + 1, &measure))
            found(reading, measure, NULL, program);
        find_blocks(reading, program, rest + 1);
    }
}

static void find_totals(struct reading *reading, const char *subject)
{
    static const struct word words[] = {{"padding", DIFF_ALL_PADDING},
                                        {"gap", DIFF_ALL_GAP},
                                        {"moved", DIFF_MOVED},
                                        {"boundaries", DIFF_BOUNDARIES}};
    enum diff_measure measure;
    if (FIND_WORD(words, subject, &measure) || FIND_WORD(of_tasks, subject, &measure))
        found(reading, measure, NULL, NULL);
}

static bool read_subject(struct reading *reading, const char *subject)
{
    find_totals(reading, subject);
    find_memories(reading, subject);
    find_programs(reading, subject);
    if (reading->found == 1)
        return true;
    const char *why =
        arena_format(reading->arena,
                     reading->found == 0
                         ? "unknown subject '%s': expected a memory, TASK.MEMORY or another subject"
                         : "'%s' is ambiguous: expected MEMORY.used or TASK.MEMORY.need",
                     subject);
    return refuse(reading, why);
}

/* ---- values ---- */

static bool digit_of(char character, unsigned base, unsigned *ret)
{
    static const char digits[] = "0123456789abcdef";
    const char lower =
        (char)(character >= 'A' && character <= 'F' ? character + ('a' - 'A') : character);
    const char *at = lower == '\0' ? NULL : strchr(digits, lower);
    if (at == NULL || (unsigned)(at - digits) >= base)
        return false;
    *ret = (unsigned)(at - digits);
    return true;
}

static bool read_digits(const char **text, uint64_t *ret)
{
    const bool is_hex = strncmp(*text, "0x", 2) == 0;
    const char *at = *text + (is_hex ? 2 : 0);
    const char *first = at;
    uint64_t value = 0;
    unsigned digit;
    for (; digit_of(*at, is_hex ? 16 : 10, &digit); at++) {
        value = value * (is_hex ? 16 : 10) + digit;
        if (value > NUMBER_MOST)
            return false;
    }
    *text = at;
    *ret = value;
    return at != first;
}

static bool read_suffix(struct reading *reading, const char *suffix, uint64_t *value)
{
    static const struct {
        const char *suffix;
        unsigned shift;
    } known[] = {{"", 0}, {"K", 10}, {"M", 20}};
    if (strcmp(suffix, "%") == 0) {
        reading->limit.unit = reading->limit.unit == DIFF_CHANGE ? DIFF_GROWTH : DIFF_PERCENT;
        return *value <= PERCENT_MOST;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].suffix, suffix) == 0) {
            *value <<= known[i].shift;
            return *value <= NUMBER_MOST;
        }
    }
    return false;
}

static bool read_value(struct reading *reading, const char *text)
{
    const bool is_negative = *text == '-';
    const char *at = text;
    uint64_t value;
    reading->limit.unit = DIFF_AMOUNT;
    if (*at == '+' || *at == '-') {
        reading->limit.unit = DIFF_CHANGE;
        at++;
    }
    if (!read_digits(&at, &value) || !read_suffix(reading, at, &value))
        return refuse(reading, arena_format(reading->arena,
                                            "invalid value '%s': expected a number, optionally "
                                            "with K, M or %%, of at most 4096M",
                                            text));
    reading->limit.value = is_negative ? -(int64_t)value : (int64_t)value;
    return true;
}

static bool check_unit(struct reading *reading)
{
    const struct diff_limit *limit = &reading->limit;
    if (limit->unit == DIFF_PERCENT && limit->memory == NULL)
        return refuse(reading, "a percentage needs a subject in a memory");
    const bool has_past = limit->measure != DIFF_MOVED && limit->measure != DIFF_BOUNDARIES;
    if (limit->unit != DIFF_AMOUNT && !has_past)
        return refuse(reading,
                      "this subject is already a change: expected a number without a sign");
    return true;
}

/* ---- conditions ---- */

static const char *trimmed(struct arena *arena, const char *text, size_t length)
{
    while (length > 0 && *text == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return arena_copy_text(arena, text, length);
}

static size_t read_operator(const char *text, enum diff_comparison *ret)
{
    const bool is_or_equal = text[0] != '\0' && text[0] != '=' && text[1] == '=';
    if (text[0] == '>')
        *ret = is_or_equal ? DIFF_AT_LEAST : DIFF_MORE;
    else if (text[0] == '<')
        *ret = is_or_equal ? DIFF_AT_MOST : DIFF_LESS;
    else if (text[0] == '=')
        *ret = DIFF_EQUAL;
    else
        return 0;
    return is_or_equal ? 2 : 1;
}

bool diff_limit_read(const char *text, const struct diff *diff, struct arena *arena,
                     struct diff_limit *ret, struct diag_list *diags)
{
    struct reading reading = {.text = text, .diff = diff, .arena = arena, .diags = diags};
    const size_t subject = strcspn(text, "<>=");
    const size_t sign = read_operator(text + subject, &reading.limit.comparison);
    if (sign == 0)
        return refuse(&reading, "expected one of > >= < <= =");
    const char *value = text + subject + sign;
    reading.limit.text = text;
    if (!read_subject(&reading, trimmed(arena, text, subject)) ||
        !read_value(&reading, trimmed(arena, value, strlen(value))) || !check_unit(&reading))
        return false;
    *ret = reading.limit;
    return true;
}

/* ---- checking ---- */

static struct diff_number sum_of_memories(const struct diff *diff, enum diff_measure measure)
{
    struct diff_number sum = {0};
    for (size_t i = 0; i < diff->memory_count; i++) {
        const struct diff_memory *memory = &diff->memories[i];
        const struct diff_number part = measure == DIFF_ALL_GAP ? memory->gap : memory->padding;
        sum.was += part.was;
        sum.is += part.is;
    }
    return sum;
}

static struct diff_number regions_of(const struct diff_program *program)
{
    struct diff_number sum = {0};
    for (size_t i = 0; i < program->block_count; i++) {
        sum.was += program->blocks[i].regions.was;
        sum.is += program->blocks[i].regions.is;
    }
    return sum;
}

static struct diff_number block_value(const struct diff_limit *limit)
{
    const struct diff_block *block = diff_find_block(limit->program, limit->memory->name);
    if (block == NULL)
        return (struct diff_number){0};
    if (limit->measure == DIFF_BLOCK_SIZE)
        return block->bytes;
    return limit->measure == DIFF_BLOCK_PADDING ? block->padding : block->need;
}

static struct diff_number value_of(const struct diff *diff, const struct diff_limit *limit)
{
    switch (limit->measure) {
    case DIFF_MEMORY_USED:
        return limit->memory->used;
    case DIFF_MEMORY_FREE:
        return limit->memory->free;
    case DIFF_MEMORY_NEED:
        return limit->memory->need;
    case DIFF_MEMORY_PADDING:
        return limit->memory->padding;
    case DIFF_MEMORY_GAP:
        return limit->memory->gap;
    case DIFF_BLOCK_NEED:
    case DIFF_BLOCK_SIZE:
    case DIFF_BLOCK_PADDING:
        return block_value(limit);
    case DIFF_TASK_SLOTS:
        return limit->program->slots_used;
    case DIFF_TASK_REGIONS:
        return regions_of(limit->program);
    case DIFF_ALL_PADDING:
    case DIFF_ALL_GAP:
        return sum_of_memories(diff, limit->measure);
    case DIFF_MOVED:
        return (struct diff_number){0, diff->moved_count};
    case DIFF_BOUNDARIES:
        return (struct diff_number){0, diff->boundary_count};
    }
    return (struct diff_number){0};
}

static bool holds(enum diff_comparison comparison, int64_t left, int64_t right)
{
    switch (comparison) {
    case DIFF_MORE:
        return left > right;
    case DIFF_AT_LEAST:
        return left >= right;
    case DIFF_LESS:
        return left < right;
    case DIFF_AT_MOST:
        return left <= right;
    case DIFF_EQUAL:
        return left == right;
    }
    return false;
}

/* No value exceeds 2^40 (256 memories of 2^32 bytes) and no percentage exceeds 2^20, so nothing
 * overflows. */
static bool is_met(const struct diff_limit *limit, struct diff_number number)
{
    const int64_t is = (int64_t)number.is;
    const int64_t was = (int64_t)number.was;
    switch (limit->unit) {
    case DIFF_AMOUNT:
        return holds(limit->comparison, is, limit->value);
    case DIFF_CHANGE:
        return holds(limit->comparison, is - was, limit->value);
    case DIFF_PERCENT:
        return holds(limit->comparison, is * 100, limit->value * (int64_t)limit->memory->size.is);
    case DIFF_GROWTH:
        return holds(limit->comparison, (is - was) * 100, limit->value * was);
    }
    return false;
}

static const char *measure_word(enum diff_measure measure)
{
    switch (measure) {
    case DIFF_MEMORY_USED:
        return "used";
    case DIFF_MEMORY_FREE:
        return "free";
    case DIFF_MEMORY_NEED:
    case DIFF_BLOCK_NEED:
        return "need";
    case DIFF_BLOCK_SIZE:
        return "size";
    case DIFF_MEMORY_PADDING:
    case DIFF_BLOCK_PADDING:
    case DIFF_ALL_PADDING:
        return "padding";
    case DIFF_MEMORY_GAP:
    case DIFF_ALL_GAP:
        return "gap";
    case DIFF_TASK_SLOTS:
        return "slots used";
    case DIFF_TASK_REGIONS:
        return "regions";
    case DIFF_MOVED:
        return "moved blocks";
    case DIFF_BOUNDARIES:
        return "blocks with moved boundaries";
    }
    return "";
}

static const char *subject_words(const struct diff_limit *limit, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    if (limit->program != NULL)
        buffer_format(&out, "%s ", limit->program->name);
    if (limit->memory != NULL)
        buffer_format(&out, "%s ", limit->memory->name);
    buffer_append_text(&out, measure_word(limit->measure));
    return buffer_text(&out);
}

static void check(const struct diff *diff, const struct diff_limit *limit, struct arena *arena,
                  struct diag_list *diags)
{
    const struct diff_number number = value_of(diff, limit);
    if (!is_met(limit, number))
        return;
    struct buffer out = buffer_in(arena);
    buffer_format(&out, "%s %llu", subject_words(limit, arena), (unsigned long long)number.is);
    if (limit->unit == DIFF_PERCENT)
        buffer_format(&out, " of %llu", (unsigned long long)limit->memory->size.is);
    if (limit->measure != DIFF_MOVED && limit->measure != DIFF_BOUNDARIES)
        buffer_format(&out, ", was %llu", (unsigned long long)number.was);
    diag_error(diags, "diff-limit", NOWHERE, "%s: %s", limit->text, buffer_text(&out));
}

static bool is_of_each_task(const struct diff_limit *limit)
{
    return limit->program == NULL &&
           (limit->measure == DIFF_TASK_SLOTS || limit->measure == DIFF_TASK_REGIONS);
}

bool diff_limits_check(const struct diff *diff, const struct diff_limit *limits, size_t count,
                       struct arena *arena, struct diag_list *diags)
{
    const size_t errors = diags->error_count;
    for (size_t i = 0; i < count; i++) {
        struct diff_limit limit = limits[i];
        if (!is_of_each_task(&limit)) {
            check(diff, &limit, arena, diags);
            continue;
        }
        for (size_t p = 0; p < diff->program_count; p++) {
            limit.program = &diff->programs[p];
            if (!limit.program->is_kernel)
                check(diff, &limit, arena, diags);
        }
    }
    return diags->error_count == errors;
}
