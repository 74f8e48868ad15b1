/* The signatures of the archives that a build writes. */
#ifndef CLI_BUILD_BUILD_SIGN_H
#define CLI_BUILD_BUILD_SIGN_H

#include "cli/build/build.h"
#include "cli/signing/signer.h"

/* What `build --sign` asks for. */
struct build_sign {
    struct signer_source source; /* a key file */
    struct span chain;           /* of certificates; empty: none */
    struct signer *signer;       /* from build_sign_open to build_sign_close */
};

/* What of it decides the outputs, for the build's key: which file, as the system knows it, and the
 * chain. The key itself is not read for that. "" when nothing is signed. */
const char *build_sign_key_text(const struct build *build);

/* Reads the key, when there is one to sign with.
 * Errors: those of signer_open. */
MUST_CHECK bool build_sign_open(struct build *build);
void build_sign_close(struct build *build);

/* Makes of the archive for `path` what is to be written there: when the file that lies there is the
 * same archive with signatures, these stay; then the build's own signature is added. When it is
 * another one with signatures, there is the warning signatures-dropped.
 * Shape:  the build has the lock of what lies there (archive_lock.h).
 * Errors: those of signer_sign_archive. */
MUST_CHECK bool build_sign_archive(struct build *build, const char *path, struct span archive,
                                   struct span *ret);

#endif
