/* The answer to whether an archive may be flashed, and everything it is based on. */
#ifndef CLI_ARCHIVE_VERIFICATION_H
#define CLI_ARCHIVE_VERIFICATION_H

#include "cli/archive/archive_check.h"
#include "cli/archive/compat.h"

#include "sign/archive/archive_verify.h"
#include "sign/certificates/trust.h"

/* What a verification goes by. */
struct verify_options {
    struct trust trust;
    struct compat_facts facts;
    const struct public_key *image_key; /* of MCUboot's signature, or NULL: it is not checked */
};

enum verify_answer {
    VERIFY_TRUSTED,    /* intact, signed by enough trusted keys, and no gate refuses */
    VERIFY_DAMAGED,    /* not the bytes that were signed, or its members disagree */
    VERIFY_UNTRUSTED,  /* intact, without enough trusted signatures */
    VERIFY_REFUSED,    /* intact and trusted, but for other devices */
    VERIFY_UNREADABLE, /* missing or unreadable file */
    VERIFY_INTACT      /* intact; signatures not checked: `extract` only */
};

/* If a check was made, the stages before it have passed. */
struct verification {
    const char *path; /* of the archive, as the user named it */
    const struct verify_options *options;
    enum verify_answer answer;
    bool is_verified; /* its structure, signatures and digests are good */
    struct verified_archive verified;
    bool has_checks;
    struct archive_checks checks;
    bool has_gates;
    struct gates gates;
};

/* What it means that no trusted keys were given. */
enum verify_asking {
    VERIFY_ASKS_ALWAYS,    /* the answer is VERIFY_UNTRUSTED at best */
    VERIFY_ASKS_WHEN_GIVEN /* the archive only has to be intact */
};

/* Reads the file once and answers. What is wrong goes to `diags`. */
struct verification verification_run(const char *path, const struct verify_options *options,
                                     enum verify_asking asking, struct arena *arena,
                                     struct diag_list *diags);

/* "trusted", "damaged", "untrusted", "refused", "unreadable", "intact". */
const char *verify_answer_name(enum verify_answer answer);

/* "trusted", "untrusted", "unknown", "bad". */
const char *verify_signature_name(enum signature_state state);

/* All of it as text. */
const char *verification_text(const struct verification *verification, struct arena *arena);

/* What `extract` wrote. */
struct verify_extraction {
    const char *folder;
    const char *const *names; /* of members; empty after a failure */
    size_t count;
};

/* All of it as JSON, as described by cli/verify.schema.json.
 * Shape:  extraction: NULL for `verify`. exit_status: of the command. */
const char *verification_json(const struct verification *verification,
                              const struct diag_list *problems,
                              const struct verify_extraction *extraction, int exit_status,
                              struct arena *arena);

#endif
