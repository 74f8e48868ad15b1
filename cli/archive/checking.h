/* State shared by the checks of an archive's members. For archive_check.c and the check_….c of this
 * folder. */
#ifndef CLI_ARCHIVE_CHECKING_H
#define CLI_ARCHIVE_CHECKING_H

#include "cli/archive/archive_about.h"
#include "cli/image/image_forms.h"

#include "layout/tables/tables_read.h"
#include "linker/image/image_read.h"
#include "sign/archive/archive.h"

struct checking {
    const struct archive *archive;
    const char *path;                   /* of the archive */
    const struct public_key *image_key; /* or NULL */
    struct arena *arena;
    struct diag_list *diags;
    /* each set by the check that reads it */
    struct archive_about about;
    struct image image;
    struct tables_read tables;
    struct layout_range info;        /* empty: none */
    struct form_signature signature; /* MCUboot's, inside the image */
};

/* The position for messages about a member. */
struct source_pos checking_pos(const struct checking *checking, const char *member);

/* The content of a required member.
 * Errors: archive-member-missing. */
MUST_CHECK bool checking_member(const struct checking *checking, const char *name,
                                struct span *ret);

#endif
