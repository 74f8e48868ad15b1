#include "sign/archive/signature_files.h"

#include "sign/certificates/chain.h"
#include "sign/keys/signature.h"

#include <string.h>

#define SIGNATURE_SUFFIX ".sig"
#define CHAIN_SUFFIX     ".pem"

enum { FOLDER_BYTES = sizeof ARCHIVE_SIGNATURES_FOLDER - 1, SUFFIX_BYTES = 4 };

bool signature_files_has(const struct archive_member *member)
{
    return strncmp(member->name, ARCHIVE_SIGNATURES_FOLDER, FOLDER_BYTES) == 0;
}

char *signature_file_name(const char *key_id, struct arena *arena)
{
    return arena_format(arena, ARCHIVE_SIGNATURES_FOLDER "%s" SIGNATURE_SUFFIX, key_id);
}

char *signature_chain_name(const char *key_id, struct arena *arena)
{
    return arena_format(arena, ARCHIVE_SIGNATURES_FOLDER "%s" CHAIN_SUFFIX, key_id);
}

static bool is_hex_digit(char character)
{
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
}

/* Whether a member's name is signatures/KEYID and the suffix. */
static bool has_form(const char *name, const char *suffix)
{
    if (strlen(name) != FOLDER_BYTES + KEY_ID_BYTES + SUFFIX_BYTES)
        return false;
    for (size_t i = 0; i < KEY_ID_BYTES; i++)
        if (!is_hex_digit(name[FOLDER_BYTES + i]))
            return false;
    return strcmp(name + FOLDER_BYTES + KEY_ID_BYTES, suffix) == 0;
}

static bool same_key_id(const struct archive_member *a, const struct archive_member *b)
{
    return strncmp(a->name, b->name, FOLDER_BYTES + KEY_ID_BYTES) == 0;
}

static bool too_large(const struct archive_member *member, int limit_bytes,
                      struct source_pos named_at, struct diag_list *diags)
{
    return diag_error(diags, "archive-signatures", named_at,
                      "%s has %zu bytes, more than the limit of %d", member->name,
                      member->content.bytes, limit_bytes);
}

/* Adds the signature of a .sig member, with the chain of the member before it when that belongs to
 * it: ".pem" sorts before ".sig". */
static bool add(const struct archive_member *member, const struct archive_member *chain,
                struct source_pos named_at, struct arena *arena, struct signature_file *ret,
                struct diag_list *diags)
{
    if (member->content.bytes > SIGNATURE_BYTES_MOST)
        return too_large(member, SIGNATURE_BYTES_MOST, named_at, diags);
    if (chain != NULL && chain->content.bytes > CHAIN_BYTES_MOST)
        return too_large(chain, CHAIN_BYTES_MOST, named_at, diags);
    *ret = (struct signature_file){
        .key_id = arena_copy_text(arena, member->name + FOLDER_BYTES, KEY_ID_BYTES),
        .signature_name = member->name,
        .signature = member->content};
    if (chain != NULL) {
        ret->chain_name = chain->name;
        ret->chain = chain->content;
    }
    return true;
}

static bool does_not_belong(const struct archive_member *member, struct source_pos named_at,
                            struct diag_list *diags)
{
    diag_error(diags, "archive-signatures", named_at, "%s does not belong in an archive",
               member->name);
    diag_hint(diags,
              "in " ARCHIVE_SIGNATURES_FOLDER " only KEYID.sig and, beside one, KEYID.pem belong");
    return false;
}

bool signature_files_list(const struct archive *archive, struct source_pos named_at,
                          struct arena *arena, struct signature_files *ret, struct diag_list *diags)
{
    struct signature_file *items = ARENA_ARRAY(arena, struct signature_file, SIGNATURES_MOST);
    const struct archive_member *chain = NULL; /* that waits for its signature */
    size_t count = 0;
    for (size_t i = 0; i < archive->member_count; i++) {
        const struct archive_member *member = &archive->members[i];
        if (!signature_files_has(member))
            continue;
        const bool is_chain = has_form(member->name, CHAIN_SUFFIX);
        if (chain != NULL && (is_chain || !same_key_id(chain, member)))
            return does_not_belong(chain, named_at, diags);
        if (is_chain) {
            chain = member;
            continue;
        }
        if (!has_form(member->name, SIGNATURE_SUFFIX))
            return does_not_belong(member, named_at, diags);
        if (count == SIGNATURES_MOST)
            return diag_error(diags, "archive-signatures", named_at,
                              "the archive has more than %d signatures", SIGNATURES_MOST);
        if (!add(member, chain, named_at, arena, &items[count++], diags))
            return false;
        chain = NULL;
    }
    if (chain != NULL)
        return does_not_belong(chain, named_at, diags);
    *ret = (struct signature_files){items, count};
    return true;
}
