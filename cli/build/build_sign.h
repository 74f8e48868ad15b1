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

/* The part of it that determines the outputs, for the build's key: the file's identity, and the
 * chain. The key itself is not read for this. "" when nothing is signed. */
const char *build_sign_key_text(const struct build *build);

/* Reads the key, if there is one to sign with.
 * Errors: those of signer_open. */
MUST_CHECK bool build_sign_open(struct build *build);
void build_sign_close(struct build *build);

/* Turns the archive for `path` into what is to be written there. When the existing file is the same
 * archive with signatures, they are kept; then the build's own signature is added. When it is a
 * different, signed archive, the warning signatures-dropped says whose signatures are discarded.
 * Shape:  the build holds the lock of the existing file (archive_lock.h).
 * Errors: those of signer_sign_archive. */
MUST_CHECK bool build_sign_archive(struct build *build, const char *path, struct span archive,
                                   struct span *ret);

#endif
