/* What the words of a task's MPU slots grant, worked out from the architecture manuals and not from
 * the encoder. For tests: wrong words fail the test that runs. To be included after cmocka.h. */
#ifndef TESTS_MPU_DECODER_H
#define TESTS_MPU_DECODER_H

#include "layout/mpu/mpu.h"

#include <imgbuild/tables.h>

#include <stdlib.h>

enum { DECODED_RW = IMGBUILD_READ | IMGBUILD_WRITE };

/* The attributes are of read, write and execute; words say no more about devices and DMA. */
struct decoded {
    struct imgbuild_region runs[256];
    size_t count;
};

static inline void decode_run(struct decoded *decoded, uint64_t start, uint64_t end,
                              uint32_t access)
{
    assert_true(start < end && end <= UINT64_C(1) << 32);
    decoded->runs[decoded->count++] =
        (struct imgbuild_region){(uint32_t)start, (uint32_t)(end - 1), access};
}

static inline void decode_rasr(struct decoded *decoded, uint32_t rbar, uint32_t rasr)
{
    const uint64_t size = UINT64_C(2) << (rasr >> 1 & 31);
    const uint64_t base = rbar & ~UINT64_C(31);
    const uint32_t permission = rasr >> 24 & 7;
    assert_true(size >= 32 && base % size == 0);
    assert_true(permission == 3 || permission == 6);
    const uint32_t access = (permission == 3 ? DECODED_RW : IMGBUILD_READ) |
                            ((rasr >> 28 & 1) != 0 ? 0u : IMGBUILD_EXECUTE);
    const uint32_t off = rasr >> 8 & 255;
    if (off == 0) {
        decode_run(decoded, base, base + size, access);
        return;
    }
    assert_true(size >= 256);
    for (uint32_t from = 0, to; from < 8; from = to + 1) {
        for (to = from; to < 8 && (off >> to & 1) == 0; to++)
            ;
        if (to > from)
            decode_run(decoded, base + from * size / 8, base + to * size / 8, access);
    }
}

static inline void decode_pmsav7(struct decoded *decoded, const struct mpu *mpu,
                                 const uint32_t *words)
{
    for (uint32_t slot = mpu->reserved; slot < mpu->slots; slot++, words += 2) {
        assert_int_equal(words[0] & 31, 16 | slot);
        if ((words[1] & 1) != 0)
            decode_rasr(decoded, words[0], words[1]);
        else
            assert_int_equal(words[1], 0);
    }
}

static inline void decode_pmsav8(struct decoded *decoded, const struct mpu *mpu,
                                 const uint32_t *words)
{
    for (uint32_t slot = mpu->reserved; slot < mpu->slots; slot++, words += 2) {
        if ((words[1] & 1) == 0)
            continue;
        assert_int_equal(words[0] >> 1 & 1, 1); /* unprivileged code may use it */
        const uint32_t access = ((words[0] >> 2 & 1) != 0 ? IMGBUILD_READ : DECODED_RW) |
                                ((words[0] & 1) != 0 ? 0u : IMGBUILD_EXECUTE);
        decode_run(decoded, words[0] & ~UINT64_C(31), (words[1] | UINT64_C(31)) + 1, access);
    }
}

static inline void decode_pmp(struct decoded *decoded, const struct mpu *mpu, const uint32_t *words)
{
    const uint32_t *configurations = words + (mpu->slots - mpu->reserved);
    uint64_t previous = 0;
    for (uint32_t entry = 0; entry < mpu->slots; entry++) {
        const uint32_t configuration = configurations[entry / 4] >> 8 * (entry % 4) & 255;
        if (entry < mpu->reserved) {
            assert_int_equal(configuration, 0);
            continue;
        }
        const uint64_t address = words[entry - mpu->reserved];
        const uint32_t access = configuration & 7; /* R, W and X have the bits of the records */
        const uint32_t match = configuration >> 3 & 3;
        assert_int_equal(configuration >> 5, 0);
        assert_true(match != 2);
        if (match == 1)
            decode_run(decoded, previous << 2, address << 2, access);
        if (match == 3) {
            const uint64_t ones = address ^ (address + 1); /* the low ones and the zero above */
            decode_run(decoded, (address & ~ones) << 2, ((address | ones) + 1) << 2, access);
        }
        previous = address;
    }
}

static inline int compare_runs(const void *left, const void *right)
{
    const struct imgbuild_region *a = left;
    const struct imgbuild_region *b = right;
    return (a->first > b->first) - (a->first < b->first);
}

static inline struct decoded decode(const struct mpu *mpu, const uint32_t *words)
{
    struct decoded decoded = {.count = 0};
    switch (mpu->model) {
    case MPU_PMSAV6:
    case MPU_PMSAV7:
        decode_pmsav7(&decoded, mpu, words);
        break;
    case MPU_PMSAV8:
        decode_pmsav8(&decoded, mpu, words);
        break;
    case MPU_PMP:
        decode_pmp(&decoded, mpu, words);
        break;
    }
    if (decoded.count > 1)
        qsort(decoded.runs, decoded.count, sizeof *decoded.runs, compare_runs);
    return decoded;
}

#endif
