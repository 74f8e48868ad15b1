/* The forms of an image: image.bin, image.hex and others, in a build folder and in an archive. The
 * one place that knows which there are. */
#ifndef CLI_IMAGE_IMAGE_FORMS_H
#define CLI_IMAGE_IMAGE_FORMS_H

#include "cli/image/form_job.h"

#define IMAGE_FOLDER     "image/"
#define IMAGE_ELF_NAME   "image.elf" /* what the forms are made from */
#define IMAGE_ELF_MEMBER IMAGE_FOLDER IMAGE_ELF_NAME

struct image_form {
    enum manifest_format format;
    const char *name;         /* of the file in a build folder */
    const char *member;       /* the same in an archive */
    bool is_in_every_archive; /* whatever the manifest asks for */

    /* Makes the file: of an image that is built, as its manifest says, and of one that was built
     * before, as the file that is there says. */
    bool (*make)(const struct form_job *job, struct span *ret);

    /* Checks that job->found holds the image; NULL: it has to be as it is made.
     * Shape:  *ret_signature is set only where the form can be signed. */
    bool (*check)(const struct form_job *job, struct form_signature *ret_signature);

    /* Makes the file of an image whose bytes changed; NULL: `before->found` has to be as it is
     * made. */
    bool (*change)(const struct form_job *before, const struct form_job *after, struct span *ret);
};

/* All but image.elf; image.bin is the first. */
extern const struct image_form image_forms[];
extern const size_t image_form_count;

/* The form that a member of an archive is; NULL when it is none that is known. */
const struct image_form *image_forms_find(const char *member);

/* Makes the file.
 * Errors: those of the signer. */
MUST_CHECK bool image_forms_make(const struct image_form *form, const struct form_job *job,
                                 struct span *ret);

/* Checks that job->found holds the image.
 * Errors: image-form (says where the first difference is), those of mcuboot_read and
 * mcuboot_verify. */
MUST_CHECK bool image_forms_check(const struct image_form *form, const struct form_job *job,
                                  struct form_signature *ret_signature);

/* Makes of before->found, a form of the image before, the same form of the image after.
 * Errors: info-form (it is not of the image before), info-mcuboot-signed, those of mcuboot_read and
 * the signer. */
MUST_CHECK bool image_forms_change(const struct image_form *form, const struct form_job *before,
                                   const struct form_job *after, struct span *ret);

#endif
