#include "image_id.h"
#include <imgbuild/tables.h>

void image_id_text(char ret[IMAGE_ID_CHARACTERS + 1])
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    uint32_t bit_count = 0;
    uint32_t next = 0;
    for (uint32_t i = 0; i < IMAGE_ID_CHARACTERS; i++) {
        if (bit_count < 6) {
            const uint8_t byte = next < sizeof imgbuild_image.id ? imgbuild_image.id[next] : 0;
            bits = bits << 8 | byte;
            bit_count += 8;
            next++;
        }
        bit_count -= 6;
        ret[i] = alphabet[bits >> bit_count & 63];
    }
    ret[IMAGE_ID_CHARACTERS] = '\0';
}
