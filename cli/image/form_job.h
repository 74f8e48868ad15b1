/* One image and one file that is, or has to be, a form of it: image.bin, image.hex and others. What
 * the functions of each form are given. */
#ifndef CLI_IMAGE_FORM_JOB_H
#define CLI_IMAGE_FORM_JOB_H

#include "base/version.h"
#include "cli/plan/plan_slot.h"

#include "linker/image/image.h"
#include "sign/digest/digest.h"
#include "sign/keys/signature.h"

/* Whoever signs inside a form. */
struct form_signer {
    const struct public_key *key;
    bool (*sign)(void *context, struct span message, struct signature *ret);
    void *context;
};

/* What is known of a signature inside a form. */
enum form_signature_state {
    FORM_SIGNATURE_NO_FORM,   /* no form of the image has room for one, or that form is damaged */
    FORM_SIGNATURE_NONE,      /* it is not signed */
    FORM_SIGNATURE_UNCHECKED, /* signed, but no key was given */
    FORM_SIGNATURE_GOOD       /* signed by the given key */
};

struct form_signature {
    enum form_signature_state state;
    struct digest key_hash; /* only of a signed one */
};

struct form_job {
    const struct image *image;
    struct span bin;                  /* image.bin of the image */
    const struct plan_slot *slot;     /* that it is built for; NULL: it was built before */
    struct span found;                /* then: the file as it is */
    struct version version;           /* of the image */
    uint64_t epoch;                   /* of the image */
    const struct form_signer *signer; /* to sign with, or NULL: nobody signs */
    const struct public_key *key;     /* to check a signature by, or NULL: it is not checked */
    struct source_pos pos;            /* of the file */
    struct arena *arena;
    struct diag_list *diags;
};

#endif
