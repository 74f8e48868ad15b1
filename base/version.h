/* Versions, and what may be demanded of them. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#include "base/diag.h"

/* Three numbers, as in 1.2.3. */
struct version {
    uint64_t parts[3];
};

/* Reads a version at *text and moves *text behind it; false, with nothing changed, when there is
 * none. Grammar: number "." number "." number; number without sign and leading zeros, below 2^64.
 */
MUST_CHECK bool version_parse(const char **text, struct version *ret);

/* Reads a text that is a version and nothing else. */
MUST_CHECK bool version_read(const char *text, struct version *ret);

/* Like memcmp: negative, 0 or positive. */
int version_compare(const struct version *a, const struct version *b);

#define VERSION_REQUIREMENT_RULE                                                                   \
    "write one or more of >= > <= < =, each before N.N.N, joined by spaces: \">=3.1.0 <4.0.0\""

/* Whether a text is a requirement.
 * Grammar: comparison { " " { " " } comparison };
 *          comparison = ( ">=" | ">" | "<=" | "<" | "=" ) version. */
bool version_requirement_is_valid(const char *text);

/* Whether a version fulfils every comparison of a valid requirement. */
bool version_fulfils(const struct version *version, const char *requirement);

#define VERSION_HOST_RULE                                                                          \
    "a name begins with a small letter or a digit, and has letters, digits, '.', '_' and '-'"

/* Whether a text can name the host program that a version is of. */
bool version_host_is_valid(const char *name);

/* What can be wrong with a valid requirement on versions whose parts are at most those of `most`.
 */
enum version_requirement_flaw {
    VERSION_REQUIREMENT_FINE,
    VERSION_REQUIREMENT_BEYOND, /* it names a version that there cannot be */
    VERSION_REQUIREMENT_NEVER   /* no version fulfils it */
};

enum version_requirement_flaw version_requirement_flaw(const char *requirement,
                                                       const struct version *most);

#endif
