/* `imgbuild extract`: writes the members of an archive to a folder, after the checks of `verify`.
 */
#include "cli/verify_options.h"

#include "base/extract.h"

#include <string.h>

/* ---- which members ---- */

/* Whether a word names a member, or a folder that contains it: "elf", "elf/". */
static bool is_meant(const char *word, const char *member)
{
    size_t bytes = strlen(word);
    if (bytes > 0 && word[bytes - 1] == '/')
        bytes--;
    if (bytes == 0 || strncmp(word, member, bytes) != 0)
        return false;
    return member[bytes] == '/' || (member[bytes] == '\0' && word[bytes] == '\0');
}

static bool check_word(struct invocation *invocation, const struct archive *archive,
                       const char *word)
{
    for (size_t i = 0; i < archive->member_count; i++) {
        if (is_meant(word, archive->members[i].name))
            return true;
    }
    const char **names = ARENA_ARRAY(invocation->arena, const char *, archive->member_count);
    for (size_t i = 0; i < archive->member_count; i++)
        names[i] = archive->members[i].name;
    const char *nearest = diag_nearest(word, names, archive->member_count);
    diag_error(invocation->diags, "extract-unknown",
               (struct source_pos){invocation->options.words[0], 0, 0},
               "no member or folder '%s' in the archive", word);
    if (nearest != NULL)
        diag_hint(invocation->diags, "did you mean '%s'?", nearest);
    return false;
}

/* The members named by the words after the archive; all of them if there are none. */
static bool choose(struct invocation *invocation, const struct archive *archive,
                   struct extract_file *ret, size_t *ret_count)
{
    const struct options *options = &invocation->options;
    bool ok = true;
    size_t count = 0;
    for (size_t k = 1; k < options->word_count; k++)
        ok = check_word(invocation, archive, options->words[k]) && ok;
    for (size_t i = 0; i < archive->member_count; i++) {
        const struct archive_member *member = &archive->members[i];
        bool meant = options->word_count == 1;
        for (size_t k = 1; k < options->word_count && !meant; k++)
            meant = is_meant(options->words[k], member->name);
        if (meant)
            ret[count++] = (struct extract_file){member->name, member->content};
    }
    *ret_count = count;
    return ok;
}

/* ---- extracting ---- */

static enum exit_status extract(struct invocation *invocation,
                                const struct verification *verification,
                                struct verify_extraction *extraction)
{
    const enum exit_status status = verify_answer_status(verification->answer);
    const struct archive *archive = &verification->verified.archive;
    if (status != EXIT_DONE)
        return status;
    struct extract_file *files =
        ARENA_ARRAY(invocation->arena, struct extract_file, archive->member_count);
    size_t count;
    if (!choose(invocation, archive, files, &count))
        return EXIT_USAGE;
    if (!extract_files(invocation->arena, extraction->folder, files, count, invocation->diags))
        return EXIT_INPUT;
    const char **names = ARENA_ARRAY(invocation->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        names[i] = files[i].name;
    extraction->names = names;
    extraction->count = count;
    return EXIT_DONE;
}

static const char *json_of(struct invocation *invocation, const struct verification *verification,
                           const struct verify_extraction *extraction, enum exit_status status)
{
    diag_sort(invocation->diags);
    const char *json = verification_json(verification, invocation->diags, extraction, (int)status,
                                         invocation->arena);
    *invocation->diags = diag_list_in(invocation->arena); /* they are in it */
    return json;
}

static const char *text_of(struct invocation *invocation,
                           const struct verify_extraction *extraction)
{
    const char *text = "";
    if (invocation->terminal->verbosity != QUIET && extraction->names != NULL)
        text = arena_format(invocation->arena, "%zu file%s in %s\n", extraction->count,
                            extraction->count == 1 ? "" : "s", extraction->folder);
    return text;
}

static enum exit_status run_with(struct invocation *invocation,
                                 const struct verify_options *options, const char *folder)
{
    const char *path = invocation->options.words[0];
    struct verify_extraction extraction = {.folder = folder};
    const struct verification verification = verification_run(path, options, VERIFY_ASKS_WHEN_GIVEN,
                                                              invocation->arena, invocation->diags);
    const enum exit_status status = extract(invocation, &verification, &extraction);
    if (status == EXIT_DONE && verification.answer == VERIFY_INTACT)
        diag_add(invocation->diags, DIAG_WARNING, "extract-unasked",
                 (struct source_pos){path, 0, 0},
                 "signatures not checked: add --trust to check who made it");
    if (status == EXIT_USAGE)
        return status;
    const char *text = options_flag(&invocation->options, "json")
                           ? json_of(invocation, &verification, &extraction, status)
                           : text_of(invocation, &extraction);
    return terminal_print(invocation->terminal, text) ? status : EXIT_INPUT;
}

static enum exit_status run(struct invocation *invocation)
{
    const char *folder = options_value(&invocation->options, "into");
    struct verify_options options;
    if (folder == NULL || folder[0] == '\0')
        return command_usage(invocation, "missing -C FOLDER");
    if (!verify_options_read(invocation, &options))
        return EXIT_USAGE;
    return run_with(invocation, &options, folder);
}

static const struct option options[] = {
    {"into", 'C', OPTION_ONE, "FOLDER", "write the files to this folder"},
    VERIFY_OPTIONS,
    {"json", 0, OPTION_FLAG, NULL, "print the result, and what was extracted, as JSON"},
};

enum { WORDS_MOST = 1024 };

const struct command command_extract = {
    .name = "extract",
    .words = "ARCHIVE.zip [MEMBER...]",
    .least_words = 1,
    .most_words = WORDS_MOST,
    .summary = "write the members of an archive to a folder, after checking it",
    .help =
        "Makes the checks of `verify` first. Never extracts an archive that is damaged, that "
        "lacks\n"
        "a signature required by --trust, or that a gate refuses. MEMBER is a file or a\n"
        "folder; without one, everything is extracted. Existing files are not replaced,\n"
        "and after a failure nothing is left behind.\n"
        "\n"
        "Exit status: as for `verify`, except\n"
        "  0  extracted; without --trust, from any intact archive\n"
        "  1  damaged, or the files could not be written: one already exists (extract-exists),\n"
        "     a path is not a folder (extract-not-folder), the disk is full, ...\n"
        "  2  wrong usage, or a MEMBER that is not in the archive (extract-unknown)\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
