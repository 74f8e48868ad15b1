#include "cli/archive/image_forms.h"

#include "cli/build/image_files.h"
#include "linker/image/image_format.h"
#include "linker/image/image_format_uf2.h"

#include <string.h>

static bool is_member(const char *member, const char *name)
{
    return strncmp(member, IMAGE_FOLDER, strlen(IMAGE_FOLDER)) == 0 &&
           strcmp(member + strlen(IMAGE_FOLDER), name) == 0;
}

enum image_form image_forms_make(const struct image *image, const char *member, struct span found,
                                 struct arena *arena, struct span *ret)
{
    if (is_member(member, "image.bin"))
        *ret = image_format_bin(arena, image);
    else if (is_member(member, "image.hex"))
        *ret = image_format_hex(arena, image);
    else if (is_member(member, IMAGE_SREC_NAME))
        *ret = image_format_srec(arena, image, IMAGE_SREC_NAME);
    else if (is_member(member, "image.uf2"))
        *ret = image_format_uf2(arena, image, image_format_uf2_family(found));
    else
        return IMAGE_FORM_UNKNOWN;
    return IMAGE_FORM_MADE;
}
