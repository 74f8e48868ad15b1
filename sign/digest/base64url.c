#include "sign/digest/base64url.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum { BITS_A_CHARACTER = 6, BITS_A_BYTE = 8 };

static size_t text_bytes(size_t bytes)
{
    return bytes / 3 * 4 + (bytes % 3 * BITS_A_BYTE + BITS_A_CHARACTER - 1) / BITS_A_CHARACTER;
}

char *base64url_encode(struct span bytes, struct arena *arena)
{
    char *text = arena_alloc(arena, text_bytes(bytes.bytes) + 1, 1);
    size_t length = 0;
    uint32_t waiting = 0, bits = 0; /* not yet written, in the low end of `waiting` */
    for (size_t i = 0; i < bytes.bytes; i++) {
        waiting = waiting << BITS_A_BYTE | bytes.data[i];
        for (bits += BITS_A_BYTE; bits >= BITS_A_CHARACTER; bits -= BITS_A_CHARACTER)
            text[length++] = alphabet[waiting >> (bits - BITS_A_CHARACTER) & 63];
    }
    if (bits != 0)
        text[length++] = alphabet[waiting << (BITS_A_CHARACTER - bits) & 63];
    return text;
}

/* Decodes without a place to write to when ret_bytes is NULL. */
static bool decode(struct span text, uint8_t *ret_bytes)
{
    uint32_t waiting = 0, bits = 0;
    for (size_t i = 0; i < text.bytes; i++) {
        const char *place = text.data[i] == 0 ? NULL : strchr(alphabet, text.data[i]);
        if (place == NULL)
            return false;
        waiting = waiting << BITS_A_CHARACTER | (uint32_t)(place - alphabet);
        bits += BITS_A_CHARACTER;
        if (bits < BITS_A_BYTE)
            continue;
        bits -= BITS_A_BYTE;
        if (ret_bytes != NULL)
            *ret_bytes++ = (uint8_t)(waiting >> bits);
    }
    return (waiting & ((1u << bits) - 1)) == 0;
}

bool base64url_decode(struct span text, uint8_t *ret_bytes, size_t bytes)
{
    if (text.bytes != text_bytes(bytes) || !decode(text, NULL))
        return false;
    return decode(text, ret_bytes);
}
