#include "cli/signing/passphrase.h"

#include "base/file.h"
#include "base/secret_prompt.h"

#include <string.h>

enum { FILE_BYTES_MOST = 4 * PASSPHRASE_BYTES_MOST };

void passphrase_wipe(struct passphrase *passphrase)
{
    secret_wipe(passphrase, sizeof *passphrase);
}

/* ---- from a file ---- */

static void warn_if_public(const char *path, struct source_pos named_at, struct diag_list *diags)
{
    if (!file_is_readable_by_all(path))
        return;
    diag_add(diags, DIAG_WARNING, "passphrase-exposed", named_at,
             "every user of this machine can read this passphrase file");
    diag_hint(diags, "run chmod 600 %s", path);
}

/* The first line, which may end in CR LF. */
static size_t first_line_bytes(const uint8_t *text, size_t bytes)
{
    const uint8_t *newline = memchr(text, '\n', bytes);
    const size_t line = newline == NULL ? bytes : (size_t)(newline - text);
    return line > 0 && text[line - 1] == '\r' ? line - 1 : line;
}

static bool take_line(const uint8_t *text, size_t bytes, struct source_pos named_at,
                      struct passphrase *ret, struct diag_list *diags)
{
    const size_t line = first_line_bytes(text, bytes);
    if (line == 0)
        return diag_error(diags, "passphrase-empty", named_at,
                          "the passphrase (first line) is empty");
    if (line > sizeof ret->bytes)
        return diag_error(diags, "passphrase-too-long", named_at,
                          "the passphrase (first line) has %zu bytes, more than the limit of %zu",
                          line, sizeof ret->bytes);
    memcpy(ret->bytes, text, line);
    ret->byte_count = line;
    return true;
}

static bool read_file(const char *path, struct passphrase *ret, struct diag_list *diags)
{
    const struct source_pos named_at = {path, 0, 0};
    uint8_t text[FILE_BYTES_MOST];
    size_t bytes = 0;
    const bool ok = file_read_secret(path, text, sizeof text, named_at, &bytes, diags) &&
                    take_line(text, bytes, named_at, ret, diags);
    secret_wipe(text, sizeof text);
    if (ok)
        warn_if_public(path, named_at, diags);
    return ok;
}

/* ---- from the user ---- */

static bool ask(const char *key_path, struct arena *arena, struct passphrase *ret,
                struct diag_list *diags)
{
    const char *question = arena_format(arena, "Passphrase for %s: ", key_path);
    if (!secret_prompt(question, ret->bytes, sizeof ret->bytes, &ret->byte_count, diags)) {
        if (strcmp(diags->items[diags->count - 1].code, "prompt-no-terminal") == 0)
            diag_hint(diags,
                      "%s is encrypted and there is no terminal: give its passphrase with "
                      "--passphrase-file",
                      key_path);
        return false;
    }
    return ret->byte_count != 0 ||
           diag_error(diags, "passphrase-empty", (struct source_pos){key_path, 0, 0},
                      "this key is encrypted, but no passphrase was entered");
}

bool passphrase_read(const char *path, const char *key_path, struct arena *arena,
                     struct passphrase *ret, struct diag_list *diags)
{
    return path != NULL ? read_file(path, ret, diags) : ask(key_path, arena, ret, diags);
}
