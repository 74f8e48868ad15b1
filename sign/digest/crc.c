#include "sign/digest/crc.h"

enum { BYTES_A_STEP = 16, BYTES_A_WORD = 4, TABLE_BYTES_LEAST = 2048 };

/* rows[k][b]: what byte b does to the remainder when k more bytes follow it in the same step. */
struct crc_tables {
    uint32_t rows[BYTES_A_STEP][256];
};

static uint32_t divide_byte(uint32_t polynomial, uint32_t remainder)
{
    for (int bit = 0; bit < 8; bit++)
        remainder = remainder >> 1 ^ (polynomial & (0u - (remainder & 1)));
    return remainder;
}

static void make_tables(uint32_t polynomial, struct crc_tables *tables)
{
    for (uint32_t byte = 0; byte < 256; byte++)
        tables->rows[0][byte] = divide_byte(polynomial, byte);
    for (int row = 1; row < BYTES_A_STEP; row++) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            const uint32_t before = tables->rows[row - 1][byte];
            tables->rows[row][byte] = before >> 8 ^ tables->rows[0][before & 255];
        }
    }
}

static uint32_t word_at(const uint8_t *data)
{
    return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

/* rows: those of the last byte of the word, and of the three before it. */
static uint32_t add_word(const uint32_t (*rows)[256], uint32_t word)
{
    return rows[3][word & 255] ^ rows[2][word >> 8 & 255] ^ rows[1][word >> 16 & 255] ^
           rows[0][word >> 24];
}

/* The words of a step do not wait for each other, which is what makes long steps fast. */
static uint32_t add_step(const struct crc_tables *tables, uint32_t remainder, const uint8_t *data)
{
    const uint32_t(*rows)[256] = tables->rows;
    return add_word(rows + 12, word_at(data) ^ remainder) ^
           add_word(rows + 8, word_at(data + BYTES_A_WORD)) ^
           add_word(rows + 4, word_at(data + (size_t)2 * BYTES_A_WORD)) ^
           add_word(rows, word_at(data + (size_t)3 * BYTES_A_WORD));
}

/* Tables pay for themselves from about two kilobytes; they are cheap enough to make for each call.
 */
static uint32_t crc(uint32_t polynomial, struct span content)
{
    uint32_t remainder = UINT32_MAX;
    size_t at = 0;
    if (content.bytes >= TABLE_BYTES_LEAST) {
        struct crc_tables tables;
        make_tables(polynomial, &tables);
        for (; content.bytes - at >= BYTES_A_STEP; at += BYTES_A_STEP)
            remainder = add_step(&tables, remainder, content.data + at);
    }
    for (; at < content.bytes; at++)
        remainder = remainder >> 8 ^ divide_byte(polynomial, (remainder ^ content.data[at]) & 255);
    return ~remainder;
}

uint32_t crc32_of(struct span content)
{
    return crc(0xedb88320, content);
}

uint32_t crc32c_of(struct span content)
{
    return crc(0x82f63b78, content);
}
