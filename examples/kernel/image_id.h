#ifndef KERNEL_IMAGE_ID_H
#define KERNEL_IMAGE_ID_H

#define IMAGE_ID_CHARACTERS 11u

/* The image's ID as people and tools write it: unpadded base64url of the 8 bytes.
 * Source: RFC 4648, section 5. */
void image_id_text(char ret[IMAGE_ID_CHARACTERS + 1]);

#endif
