#include "cli/options.h"

#include <assert.h>
#include <string.h>

enum { NAME_LIMIT = 64 };

struct reading {
    struct arena *arena;
    struct options *options;
    int argc;
    char *const *argv;
    int next;
    struct diag_list *diags;
};

static const struct option *find_letter(const struct options *options, char letter)
{
    for (size_t i = 0; i < options->table_count; i++) {
        if (options->table[i].letter == letter)
            return &options->table[i];
    }
    return NULL;
}

static const struct option *find_name(const struct options *options, const char *name, size_t bytes)
{
    for (size_t i = 0; i < options->table_count; i++) {
        const char *known = options->table[i].name;
        if (strlen(known) == bytes && memcmp(known, name, bytes) == 0)
            return &options->table[i];
    }
    return NULL;
}

static bool unknown_option(struct reading *reading, const char *name)
{
    const char *known[NAME_LIMIT];
    size_t count = 0;
    for (; count < reading->options->table_count && count < NAME_LIMIT; count++)
        known[count] = reading->options->table[count].name;
    diag_error(reading->diags, "usage", NOWHERE, "unknown option --%s", name);
    const char *nearest = diag_nearest(name, known, count);
    if (nearest != NULL)
        diag_hint(reading->diags, "did you mean --%s?", nearest);
    return false;
}

static bool take(struct reading *reading, const struct option *option, const char *value)
{
    struct option_values *values = &reading->options->values[option - reading->options->table];
    const bool is_single = option->kind == OPTION_ONE || option->kind == OPTION_MAYBE;
    if (is_single && values->count == 1)
        return diag_error(reading->diags, "usage", NOWHERE, "--%s is given twice", option->name);
    values->items = arena_grow(reading->arena, values->items, values->count, values->count + 1,
                               sizeof *values->items);
    values->items[values->count++] = value;
    return true;
}

/* The word after the option, its value. */
static bool take_next_word(struct reading *reading, const struct option *option)
{
    if (reading->next == reading->argc)
        return diag_error(reading->diags, "usage", NOWHERE, "--%s requires a value: %s",
                          option->name, option->argument);
    return take(reading, option, reading->argv[reading->next++]);
}

static bool read_long(struct reading *reading, const char *word)
{
    const size_t bytes = strcspn(word, "=");
    const struct option *option = find_name(reading->options, word, bytes);
    if (option == NULL)
        return unknown_option(reading, arena_copy_text(reading->arena, word, bytes));
    if (option->kind == OPTION_FLAG) {
        if (word[bytes] == '=')
            return diag_error(reading->diags, "usage", NOWHERE, "--%s takes no value",
                              option->name);
        return take(reading, option, "");
    }
    if (word[bytes] == '=')
        return take(reading, option, word + bytes + 1);
    return option->kind == OPTION_MAYBE ? take(reading, option, "")
                                        : take_next_word(reading, option);
}

static bool read_letters(struct reading *reading, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        const struct option *option = find_letter(reading->options, *letters);
        if (option == NULL)
            return diag_error(reading->diags, "usage", NOWHERE, "unknown option -%s", letters);
        if (option->kind == OPTION_ONE || option->kind == OPTION_MANY)
            return letters[1] != '\0' ? take(reading, option, letters + 1)
                                      : take_next_word(reading, option);
        if (!take(reading, option, ""))
            return false;
    }
    return true;
}

bool options_read(struct arena *arena, const struct option *table, size_t table_count, int argc,
                  char *const *argv, struct options *ret, struct diag_list *diags)
{
    struct options options = {
        .table = table,
        .table_count = table_count,
        .values = ARENA_ARRAY(arena, struct option_values, table_count),
        .words = ARENA_ARRAY(arena, const char *, (size_t)argc),
    };
    struct reading reading = {arena, &options, argc, argv, 0, diags};
    bool only_words = false;
    while (reading.next < argc) {
        const char *word = argv[reading.next++];
        bool ok = true;
        if (only_words || word[0] != '-' || word[1] == '\0')
            options.words[options.word_count++] = word;
        else if (strcmp(word, "--") == 0)
            only_words = true;
        else if (word[1] == '-')
            ok = read_long(&reading, word + 2);
        else
            ok = read_letters(&reading, word + 1);
        if (!ok)
            return false;
    }
    *ret = options;
    return true;
}

const struct option_values *options_values(const struct options *options, const char *name)
{
    const struct option *option = find_name(options, name, strlen(name));
    assert(option != NULL);
    return &options->values[option - options->table];
}

const char *options_value(const struct options *options, const char *name)
{
    const struct option_values *values = options_values(options, name);
    return values->count == 0 ? NULL : values->items[values->count - 1];
}

bool options_flag(const struct options *options, const char *name)
{
    return options_values(options, name)->count != 0;
}
